// `lb-tcp ctl events`: a line for everything that happens.

import type { AuditEvent, BackendEvent, ReloadEvent } from "../../observe/events.ts";
import type { ExitCode } from "../failure.ts";
import { line } from "../failure.ts";
import { type Followed, follow } from "../remote/follow.ts";
import { type Line, span, type Tone } from "../text/line.ts";
import { type Errand, fail, printLines, wantsJson } from "./errand.ts";

/** Follows until a signal, or until nobody reads any more. A connection that is lost is made anew, but for the first. */
export async function showEvents(errand: Errand): Promise<ExitCode> {
  const { remote, surface } = errand;
  const { clock, events } = surface;
  let finish = (_code: ExitCode): void => {};
  const finished = new Promise<ExitCode>((resolve) => {
    finish = resolve;
  });
  let hasBeenOpen = false;
  let isLost = false;
  const stop = (): void => finish(0);
  const onFollowed = (followed: Followed): void => {
    switch (followed.kind) {
      case "open":
        if (isLost) surface.complain(line(`${remote.place.text}: connected again; what happened meanwhile is missing`));
        hasBeenOpen = true;
        isLost = false;
        break;
      case "lost":
        if (!hasBeenOpen) finish(fail(errand, { kind: "unreachable", reason: followed.reason }));
        else if (!isLost) surface.complain(line(`${remote.place.text}: ${followed.reason}; trying again`));
        isLost = true;
        break;
      case "refused":
        finish(fail(errand, followed.failure));
        break;
      case "event":
        show(errand, followed);
        void surface.flushed().then((isRead) => {
          if (!isRead) finish(0);
        });
        break;
    }
  };
  for (const signal of ["SIGINT", "SIGTERM"]) events.on(signal, stop);
  const unfollow = follow({ remote, clock, onFollowed });
  try {
    return await finished;
  } finally {
    unfollow();
    for (const signal of ["SIGINT", "SIGTERM"]) events.removeListener(signal, stop);
  }
}

function show(errand: Errand, { event, data }: { readonly event: string; readonly data: unknown }): void {
  if (wantsJson(errand)) {
    errand.surface.print(`${JSON.stringify({ event, data })}\n`);
    return;
  }
  const shown = eventLine(event, data);
  if (shown !== undefined) printLines(errand, [shown]);
}

const tones: ReadonlyMap<string, Tone> = new Map([
  ["up", "good"],
  ["returned", "good"],
  ["down", "bad"],
  ["ejected", "bad"],
  ["added", "accent"],
  ["removed", "warning"],
]);

/** Undefined for figures, and for what this version does not know. */
export function eventLine(event: string, data: unknown): Line | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  // The server's promise: src/admin/answers.ts.
  if (event === "backend") {
    const { event: what, backend, address, reason, at } = data as BackendEvent;
    return [
      ...head(at, "backend"),
      span(backend, "strong"),
      span(address === null || backend.endsWith(address) ? " " : ` (${address}) `),
      span(what, tones.get(what) ?? "plain"),
      span(`: ${reason}`),
    ];
  }
  if (event === "config") {
    const { result, hash, error, at } = data as ReloadEvent;
    const text = result === "ok" ? span(`reloaded, hash ${hash}`, "good") : span(`reload failed: ${error}`, "bad");
    return [...head(at, "config"), text];
  }
  if (event === "audit") {
    const { action, by, client, subject, change, at } = data as AuditEvent;
    const from = client === null ? "" : ` from ${client}`;
    const what = subject === null ? "" : ` ${subject}`;
    const set = Object.entries(change).map(([key, value]) => ` ${key}=${textOf(value)}`);
    return [...head(at, "audit"), span(`${action}${what}`, "strong"), span(`${set.join("")} by ${by}${from}`)];
  }
  return undefined;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function head(at: string, what: string): Line {
  return [span(`${at} `, "dim"), span(what.padEnd(8))];
}
