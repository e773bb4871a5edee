// Requests that wait until something has come to its end, bounded in number and time.

import type { Clock } from "../clock.ts";
import { parseDuration } from "../config/duration.ts";
import { configError } from "../errors.ts";

const LONGEST_WAIT_MS = 600_000;
const LOOK_MS = 100;

/** Undefined where nobody wants to wait. @throws LbError `LB_CONFIG` */
export function waitMsOf(query: ReadonlyMap<string, string>): number | undefined {
  const text = query.get("wait");
  if (text === undefined) return undefined;
  const parsed = parseDuration(text);
  if ("value" in parsed && parsed.value <= LONGEST_WAIT_MS) return parsed.value;
  const message = "problem" in parsed ? parsed.problem : `got ${text}, expected at most 10m`;
  throw configError([{ path: "wait", message }]);
}

export class Waiting {
  readonly #clock: Clock;
  readonly #limit: number;
  #count = 0;

  /** @param limit how many may wait at once. */
  constructor(clock: Clock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  get isFull(): boolean {
    return this.#count >= this.#limit;
  }

  /** Resolves when `left` says that nothing is left, when the time is up, or when `signal` says that nobody waits any more. */
  async until(left: () => number, limitMs: number, signal: AbortSignal): Promise<void> {
    const untilMs = this.#clock.nowMs() + limitMs;
    this.#count++;
    try {
      while (!signal.aborted && left() > 0 && this.#clock.nowMs() < untilMs) {
        await this.#pause(Math.min(LOOK_MS, untilMs - this.#clock.nowMs()), signal);
      }
    } finally {
      this.#count--;
    }
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.setTimer(done, ms);
      signal.addEventListener("abort", done);
      function done(): void {
        timer.cancel();
        signal.removeEventListener("abort", done);
        resolve();
      }
    });
  }
}
