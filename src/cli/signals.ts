// What each signal means, as one place that says so.

import type { EventEmitter } from "node:events";
import type { Clock } from "../clock.ts";

/** What a running program does about signals. */
export interface SignalActions {
  /** SIGTERM, SIGINT: stop in order. */
  stop(): void;
  /** A second SIGTERM or SIGINT, and each that follows: stop at once. */
  stopAtOnce(): void;
  /** SIGUSR1: stop accepting, let sessions finish, and exit. */
  drain(): void;
  /** SIGUSR2: the log's file has been moved away. */
  reopenLog(): void;
  /** SIGHUP: reload. */
  reload(): void;
}

/** Where signals come from: the process, but in tests. */
export type SignalSource = Pick<EventEmitter, "on" | "removeListener">;

/**
 * One Ctrl+C can come twice: from the terminal, and from npm, which passes it on (seen with `npm run` where sh is bash,
 * 0.4 ms apart). No finger is as fast.
 */
const ECHO_MS = 100;

/** @returns removes the handlers. */
export function handleSignals(source: SignalSource, clock: Clock, actions: SignalActions): () => void {
  let first: { readonly signal: NodeJS.Signals; readonly atMs: number } | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    if (first === undefined) {
      first = { signal, atMs: clock.nowMs() };
      actions.stop();
    } else if (signal !== first.signal || clock.nowMs() - first.atMs >= ECHO_MS) {
      actions.stopAtOnce();
    }
  };
  const handlers: readonly (readonly [NodeJS.Signals, () => void])[] = [
    ["SIGTERM", () => stop("SIGTERM")],
    ["SIGINT", () => stop("SIGINT")],
    // A listener of ours takes the signal away from Node's inspector.
    ["SIGUSR1", () => actions.drain()],
    ["SIGUSR2", () => actions.reopenLog()],
    ["SIGHUP", () => actions.reload()],
  ];
  for (const [signal, handler] of handlers) source.on(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) source.removeListener(signal, handler);
  };
}
