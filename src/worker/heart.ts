// Beats while the loop of a data plane runs. It wakes an idle worker once a second, which costs nothing that can be
// measured, and needs nobody to ask: a worker that is caught in a loop can't say so.

import type { Clock, Timer } from "../clock.ts";
import type { Pulse } from "./pulse.ts";

/** Between two beats. */
export const BEAT_MS = 1_000;

export class Heart {
  readonly #clock: Clock;
  readonly #pulse: Pulse;
  /** The most by which anything was late since the last beat. */
  #lagMs = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, pulse: Pulse) {
    this.#clock = clock;
    this.#pulse = pulse;
  }

  start(): void {
    this.stop();
    this.#pulse.beat(this.#clock.nowMs(), 0);
    this.#beatLater();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Something else that was to run at a certain time was late by that much. */
  late(lateMs: number): void {
    if (lateMs > this.#lagMs) this.#lagMs = lateMs;
  }

  #beatLater(): void {
    const dueMs = this.#clock.nowMs() + BEAT_MS;
    this.#timer = this.#clock.setTimer(() => {
      const nowMs = this.#clock.nowMs();
      this.late(nowMs - dueMs);
      this.#pulse.beat(nowMs, this.#lagMs);
      this.#lagMs = 0;
      this.#beatLater();
    }, BEAT_MS);
  }
}
