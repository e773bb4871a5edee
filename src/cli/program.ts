// The commands: what was asked for, and the exit code.

import { effectiveWords } from "../config/effective-text.ts";
import { configKey, listenKey, upstreamKey } from "../config/keys.ts";
import type { Loaded } from "../config/load.ts";
import { configError, type Problem } from "../errors.ts";
import { packageVersion } from "../observe/version.ts";
import { printable } from "../wire/quote.ts";
import { runBackends } from "./backend.ts";
import { runCheck } from "./check.ts";
import { commandHelp } from "./command-help.ts";
import { parseCommandLine, type Run } from "./command-line.ts";
import { completionScript } from "./completion.ts";
import { runControl } from "./ctl/ctl.ts";
import { runDemo } from "./demo.ts";
import { runDoctor } from "./doctor.ts";
import { explain } from "./explain.ts";
import { describeFailure, type ExitCode } from "./failure.ts";
import { programHelp } from "./help.ts";
import { loadRun } from "./load.ts";
import { pageColumns } from "./page.ts";
import { printedText } from "./print.ts";
import { schemaText } from "./schema.ts";
import { serve } from "./serve.ts";
import type { Surface } from "./surface.ts";
import { runTop } from "./top/top.ts";
import { wordProblem } from "./word-problem.ts";

/** Runs one command to its end. Never throws. */
export async function runProgram(surface: Surface): Promise<ExitCode> {
  try {
    return await run(surface);
  } catch (error) {
    const { text, code } = describeFailure(error);
    surface.complain(text);
    return code;
  }
}

async function run(surface: Surface): Promise<ExitCode> {
  const invocation = parseCommandLine(surface.argv);
  const columns = pageColumns(surface.columns);
  switch (invocation.kind) {
    case "version":
      return print(`${packageVersion()}\n`);
    case "help":
      return print(invocation.command === undefined ? programHelp(columns) : commandHelp(invocation.command, columns));
    case "refused":
      throw configError(invocation.problems);
    case "run":
      return runCommand(invocation);
  }

  function runCommand(given: Run): ExitCode | Promise<ExitCode> {
    switch (given.command?.name) {
      case undefined:
        return runBalancer(given, surface);
      case "demo":
        return runDemo(given, surface);
      case "backend":
        return runBackends(given, surface);
      case "check":
        return runCheck(given, surface);
      case "doctor":
        return runDoctor(given, surface);
      case "ctl":
        return runControl(given, surface);
      case "top":
        return runTop(given, surface);
      case "schema":
        return print(schemaText(given));
      case "explain":
        return print(explain(given.words, columns));
      case "print":
        return print(printedText(given));
      case "completion":
        refuseAll(given);
        return print(completionScript());
    }
  }

  function print(text: string): ExitCode {
    surface.print(text);
    return 0;
  }
}

async function runBalancer(given: Run, surface: Surface): Promise<ExitCode> {
  const { flags, words, problems } = given;
  const isBare = Object.keys(flags).length === 0 && words.length === 0 && problems.length === 0;
  if (isBare && !hasAddresses(surface.environment)) {
    const message = "both are needed; try `lb-tcp demo`, or `lb-tcp --help` for examples";
    throw configError([{ path: "--listen, --upstream", message }]);
  }
  const missing = [listenKey, upstreamKey].find((key) => [key.flag, ...key.aliases].every((flag) => !(flag in flags)));
  const spokenOf = new Set([
    ...given.spokenOf,
    ...(words.some((word) => word !== "") && missing ? [`--${missing.flag}`] : []),
  ]);
  const leftOver = words.map((word) => withoutFlag(word, missing?.flag));
  const load = (): Loaded => loadRun({ ...given, spokenOf }, surface, leftOver);
  const loaded = load();
  return serve(loaded, surface, {
    ...(loaded.file === undefined ? {} : { source: { load, paths: ({ files }) => files } }),
    configuration: (config, now) => effectiveWords(config, now, { flags, environment: surface.environment }),
  });
}

function hasAddresses(environment: Surface["environment"]): boolean {
  return [listenKey, upstreamKey, configKey]
    .flatMap(({ variable, otherVariables }) => [variable, ...otherVariables])
    .some((name) => (environment[name] ?? "").trim() !== "");
}

function withoutFlag(word: string, missing: string | undefined): Problem {
  const remedy =
    missing === undefined || word === ""
      ? "repeat the flag before it, or separate the values of one flag by commas"
      : `write --${missing} ${printable(word)}`;
  return wordProblem(word, `belongs to no flag; ${remedy}`);
}

/** A command that takes nothing. */
function refuseAll({ command, flags, words, problems }: Run): void {
  const more = [...words, ...Object.keys(flags).map((flag) => `--${flag}`)];
  const refused = more.map((word) => wordProblem(word, `lb-tcp ${command?.name} takes nothing; leave it out`));
  if (refused.length + problems.length > 0) throw configError([...problems, ...refused]);
}
