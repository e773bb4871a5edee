// `lb-tcp ctl VERB`: asks a running lb-tcp, and tells it.

import { parseDuration } from "../../config/duration.ts";
import { didYouMean } from "../../config/suggestion.ts";
import { configError, type Problem } from "../../errors.ts";
import type { Run } from "../command-line.ts";
import type { ExitCode } from "../failure.ts";
import { pageColumns } from "../page.ts";
import { type Arguments, parseArguments } from "../remote/arguments.ts";
import { readPlace } from "../remote/place.ts";
import { createRemote } from "../remote/remote.ts";
import type { Surface } from "../surface.ts";
import { wordProblem } from "../word-problem.ts";
import {
  addBackends,
  closeSessions,
  removeBackend,
  restoreBackend,
  setLimit,
  setState,
  setWeight,
} from "./changing.ts";
import type { Errand } from "./errand.ts";
import { showEvents } from "./events.ts";
import { verbHelp } from "./help.ts";
import { showBackends, showListeners, showOverrides, showPools, showStatus } from "./looking.ts";
import { reload, setLogLevel, stop } from "./process.ts";
import { showSessions } from "./sessions.ts";
import { commonFlags, type Verb, verbOf, verbs } from "./verbs.ts";

/**
 * @returns 0 when it is done, 1 when nobody answers or time is up, 2 when it was refused.
 * @throws LbError `LB_CONFIG`
 */
export async function runControl(run: Pick<Run, "words">, surface: Surface): Promise<ExitCode> {
  const given = parseArguments(run.words, knownTo, allFlags());
  const [word, ...words] = given.words;
  const verb = word === undefined ? undefined : verbOf(word);
  if (verb !== undefined && given.asksForHelp) {
    surface.print(verbHelp(verb, pageColumns(surface.columns)));
    return 0;
  }
  if (verb === undefined) throw configError([noVerb(word), ...given.problems]);
  const problems: Problem[] = [...given.problems, ...wordProblems(verb, { words, flags: given.flags })];
  const place = readPlace(given, surface.environment, problems);
  if (place === undefined || problems.length > 0) throw configError(problems);
  const remote = createRemote(place, surface.clock);
  return perform(verb, { remote, flags: given.flags, words, surface });
}

function perform(verb: Verb, errand: Errand): Promise<ExitCode> {
  switch (verb.name) {
    case "status":
      return showStatus(errand);
    case "listeners":
      return showListeners(errand);
    case "pools":
      return showPools(errand);
    case "backends":
      return showBackends(errand);
    case "sessions":
      return showSessions(errand);
    case "overrides":
      return showOverrides(errand);
    case "events":
      return showEvents(errand);
    case "drain":
    case "maintenance":
    case "ready":
      return setState(errand, verb.name);
    case "weight":
      return setWeight(errand);
    case "limit":
      return setLimit(errand);
    case "add":
      return addBackends(errand);
    case "remove":
      return removeBackend(errand);
    case "restore":
      return restoreBackend(errand);
    case "close":
      return closeSessions(errand);
    case "reload":
      return reload(errand);
    case "log-level":
      return setLogLevel(errand);
    case "drain-all":
      return stop(errand, "drain");
    case "shutdown":
      return stop(errand, "shutdown");
  }
}

function allFlags(): Verb["flags"] {
  const help = { name: "help", placeholder: "", text: "" };
  const all = [...commonFlags, ...verbs.flatMap(({ flags }) => flags), help];
  return all.filter(({ name }, at) => all.findIndex((other) => other.name === name) === at);
}

function knownTo([word = ""]: readonly string[]): { readonly flags: Verb["flags"]; readonly asker: string } {
  const verb = verbOf(word);
  const help = { name: "help", placeholder: "", text: "" };
  // What flags a mistaken verb has, nobody knows.
  if (verb === undefined) return { flags: allFlags(), asker: "lb-tcp ctl" };
  return { flags: [...verb.flags, ...commonFlags, help], asker: `lb-tcp ctl ${verb.name}` };
}

function noVerb(word: string | undefined): Problem {
  const list = "`lb-tcp ctl --help` lists all";
  if (word === undefined) return { path: "lb-tcp ctl", message: `is told what to do by a word; ${list}` };
  const offer = didYouMean(
    word,
    verbs.map(({ name }) => name),
  );
  return wordProblem(word, `lb-tcp ctl can't do that${offer || `; ${list}`}`);
}

function wordProblems(
  { name, words: expected, count: [least, most] }: Verb,
  { words, flags }: Pick<Arguments, "words" | "flags">,
): Problem[] {
  const usage = `lb-tcp ctl ${name} ${expected}`.trim();
  if (words.length < least) return [wordProblem(`lb-tcp ctl ${name}`, `something is missing; write ${usage}`)];
  return words.slice(most).map((word) => {
    const isWait = flags["wait"] === "" && "value" in parseDuration(word);
    return wordProblem(word, isWait ? `is joined by =; write --wait=${word}` : `is too much; write ${usage}`);
  });
}
