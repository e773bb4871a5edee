// The verbs that change one backend, and waiting for its sessions.

import type { BackendAnswer } from "../../admin/answers.ts";
import { parseCount, parseCountOr } from "../../config/count.ts";
import { DEFAULT_POOL } from "../../config/defaults.ts";
import { limits } from "../../config/limits.ts";
import { parseUpstreams } from "../../config/upstream.ts";
import type { BackendChange } from "../../control/override.ts";
import { configError } from "../../errors.ts";
import type { Parsed } from "../../wire/parsed.ts";
import { quote } from "../../wire/quote.ts";
import type { ExitCode } from "../failure.ts";
import { plural } from "../text/figures.ts";
import { wordProblem } from "../word-problem.ts";
import { ask, type Errand, printJson, queryText, say, wantsJson } from "./errand.ts";
import { backendPath, failAbout, type Identity, parseIdentity } from "./identity.ts";
import { type Left, waitUntilEmpty, wantsWait } from "./waiting.ts";

/** @throws LbError `LB_CONFIG`, here and below */
export async function setState(errand: Errand, state: NonNullable<BackendChange["state"]>): Promise<ExitCode> {
  const identity = parseIdentity(errand.words[0] ?? "");
  const wait = wantsWait(errand);
  const answer = await ask<BackendAnswer>(errand, { method: "PATCH", path: backendPath(identity), body: { state } });
  if (answer.kind !== "answer") return failAbout(errand, identity.text, answer);
  if (wait === undefined) {
    if (wantsJson(errand)) return printJson(errand, answer.body);
    return say(errand, stateText(identity, answer.body, state));
  }
  const left = async (): Promise<Left> => {
    const now = await ask<BackendAnswer>(errand, { method: "GET", path: backendPath(identity) });
    return now.kind === "answer" ? { kind: "left", count: now.body.left, isMore: false, body: now.body } : now;
  };
  return waitUntilEmpty(errand, { identity, goesOn: `${identity.text} stays in ${state}`, left }, wait);
}

function stateText({ text }: Identity, { backend, left }: BackendAnswer, wanted: string): string {
  if (wanted === "ready") {
    return backend.state === "ready" ? `${text} is ready` : `${text} may serve again; now it is ${backend.state}`;
  }
  const sessions = left === 0 ? "no session is left" : `${plural(left, "session")} left`;
  return `${text} is in ${wanted}; ${sessions}`;
}

export async function setWeight(errand: Errand): Promise<ExitCode> {
  const [name = "", text = ""] = errand.words;
  const weight = valueOf("weight", parseCount(text, limits.weight));
  return change(errand, name, { weight }, ({ backend }) => `has weight ${backend.weight}`);
}

export async function setLimit(errand: Errand): Promise<ExitCode> {
  const [name = "", text = ""] = errand.words;
  const maxConnections = valueOf("limit", parseCountOr(text, limits.connections, "off"));
  return change(errand, name, { maxConnections }, ({ backend }) =>
    backend.maxConnections === null ? "has no limit" : `takes ${plural(backend.maxConnections, "session")} at once`,
  );
}

async function change(
  errand: Errand,
  name: string,
  body: BackendChange,
  done: (answer: BackendAnswer) => string,
): Promise<ExitCode> {
  const identity = parseIdentity(name);
  const answer = await ask<BackendAnswer>(errand, { method: "PATCH", path: backendPath(identity), body });
  if (answer.kind !== "answer") return failAbout(errand, identity.text, answer);
  if (wantsJson(errand)) return printJson(errand, answer.body);
  return say(errand, `${identity.text} ${done(answer.body)}`);
}

function valueOf<T>(word: string, parsed: Parsed<T>): T {
  if ("value" in parsed) return parsed.value;
  throw configError([{ path: word, message: parsed.problem }]);
}

export async function addBackends(errand: Errand): Promise<ExitCode> {
  const [pool = "", text = ""] = errand.words;
  const { upstreams, problems } = parseUpstreams(text);
  const strangers = upstreams.filter((each) => each.pool !== DEFAULT_POOL && each.pool !== pool);
  const all = [
    ...problems.map((message) => ({ path: "ADDRESS", message })),
    ...strangers.map((each) => ({
      path: "ADDRESS",
      message: `${quote(`${each.pool}/…`)} names another pool than ${quote(pool)}; leave it out`,
    })),
  ];
  if (all.length > 0) throw configError(all);
  const added: BackendAnswer[] = [];
  for (const { backend } of upstreams) {
    const path = `/pools/${encodeURIComponent(pool)}/backends`;
    const answer = await ask<BackendAnswer>(errand, { method: "POST", path, body: backend });
    if (answer.kind !== "answer") {
      if (added.length > 0) say(errand, `added before that: ${added.map(nameOf).join(", ")}`);
      return failAbout(errand, pool, answer);
    }
    added.push(answer.body);
  }
  if (wantsJson(errand)) return printJson(errand, added.length === 1 ? added[0] : added);
  for (const answer of added) say(errand, `added ${nameOf(answer)}`);
  return 0;
}

function nameOf({ pool, backend }: BackendAnswer): string {
  return `${pool}/${backend.name}`;
}

export async function removeBackend(errand: Errand): Promise<ExitCode> {
  const identity = parseIdentity(errand.words[0] ?? "");
  const wait = wantsWait(errand);
  const answer = await ask<BackendAnswer>(errand, { method: "DELETE", path: backendPath(identity) });
  if (answer.kind !== "answer") return failAbout(errand, identity.text, answer);
  const { left } = answer.body;
  if (wait === undefined || left === 0) {
    if (wantsJson(errand)) return printJson(errand, answer.body);
    const sessions = left === 0 ? "no session is left" : `${plural(left, "session")} left`;
    return say(errand, `removed ${identity.text}; ${sessions}`);
  }
  // It is no backend any more that could be asked for: its sessions know it still.
  const query = queryText({ backend: identity.text, limit: "1000" });
  const leftNow = async (): Promise<Left> => {
    const now = await ask<{ readonly items: readonly unknown[]; readonly cursor: string | null }>(errand, {
      method: "GET",
      path: `/sessions?${query}`,
    });
    if (now.kind !== "answer") return now;
    const count = now.body.items.length;
    return { kind: "left", count, isMore: now.body.cursor !== null, body: { ...answer.body, left: count } };
  };
  return waitUntilEmpty(errand, { identity, goesOn: `${identity.text} stays removed`, left: leftNow }, wait);
}

export async function restoreBackend(errand: Errand): Promise<ExitCode> {
  const identity = parseIdentity(errand.words[0] ?? "");
  const path = `/overrides/${encodeURIComponent(identity.pool)}/${encodeURIComponent(identity.backend)}`;
  const answer = await ask<unknown>(errand, { method: "DELETE", path });
  if (answer.kind !== "answer") return failAbout(errand, identity.text, answer);
  if (wantsJson(errand)) return printJson(errand, answer.body);
  return say(errand, `${identity.text} is as the configuration says`);
}

export async function closeSessions(errand: Errand): Promise<ExitCode> {
  const [id] = errand.words;
  const backend = errand.flags["backend"];
  if ((id === undefined) === (backend === undefined)) {
    const message = "takes a session's id or --backend POOL/BACKEND, one of the two";
    throw configError([wordProblem("lb-tcp ctl close", message)]);
  }
  if (backend !== undefined) parseIdentity(backend);
  const path =
    id === undefined ? `/sessions?${queryText({ backend: backend ?? "" })}` : `/sessions/${encodeURIComponent(id)}`;
  const answer = await ask<{ readonly closed?: number } | null>(errand, { method: "DELETE", path });
  if (answer.kind !== "answer") return failAbout(errand, backend ?? "", answer);
  if (wantsJson(errand)) return printJson(errand, answer.body);
  const { closed = 1 } = answer.body ?? {};
  return say(errand, `${plural(closed, "session")} reset`);
}
