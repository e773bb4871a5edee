// The events of a running lb-tcp, for as long as somebody wants them: a connection that is lost is made anew.

import type { IncomingMessage } from "node:http";
import type { Clock, Timer } from "../../clock.ts";
import { EventReader } from "./event-stream.ts";
import type { Failure, Remote } from "./remote.ts";

/** What comes of following. */
export type Followed =
  /** Connected; events come. */
  | { readonly kind: "open" }
  | { readonly kind: "event"; readonly event: string; readonly data: unknown }
  /** Nobody answers, or not any more; it is tried again. */
  | { readonly kind: "lost"; readonly reason: string }
  /** It was refused: that would not change. Nothing follows. */
  | { readonly kind: "refused"; readonly failure: Failure };

export interface FollowOptions {
  readonly remote: Remote;
  readonly clock: Clock;
  readonly onFollowed: (followed: Followed) => void;
}

/** Statistics come once a second. */
const SILENCE_MS = 5_000;
const RETRY_MS = 1_000;

/** @returns stops it; then nothing is called any more. */
export function follow({ remote, clock, onFollowed }: FollowOptions): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  void run();
  return () => controller.abort();

  function tell(followed: Followed): void {
    if (!signal.aborted) onFollowed(followed);
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const opened = await remote.open("/events", signal);
      if (opened.kind === "refused" && opened.status < 500) {
        tell({ kind: "refused", failure: opened });
        return;
      }
      if (opened.kind === "open") tell({ kind: "open" });
      let reason: string;
      if (opened.kind === "open") reason = await read(opened.response);
      // Such as too many who listen.
      else reason = opened.kind === "refused" ? opened.problem.detail : opened.reason;
      tell({ kind: "lost", reason });
      await pause();
    }
  }

  /** @returns why it has ended. */
  async function read(response: IncomingMessage): Promise<string> {
    const reader = new EventReader();
    const silence = new AbortController();
    const watch = (): Timer =>
      clock.setTimer(() => {
        silence.abort();
        response.destroy();
      }, SILENCE_MS);
    let timer = watch();
    const stop = (): void => void response.destroy();
    signal.addEventListener("abort", stop);
    response.setEncoding("utf8");
    try {
      for await (const piece of response as AsyncIterable<string>) {
        timer.cancel();
        timer = watch();
        const events = reader.read(piece);
        if (events === undefined) return "it sends an event without an end";
        for (const { event, data } of events) tell({ kind: "event", event, data: parsed(data) });
      }
    } catch {
      // Broken off: said below.
    } finally {
      timer.cancel();
      signal.removeEventListener("abort", stop);
      response.destroy();
    }
    return silence.signal.aborted ? "it has gone silent" : "it closed the connection";
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        timer.cancel();
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = clock.setTimer(end, RETRY_MS);
      signal.addEventListener("abort", end);
      if (signal.aborted) end();
    });
  }
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
