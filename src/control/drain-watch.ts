import type { Clock, Timer } from "../clock.ts";

/** Says when the time is over that the sessions of a backend have once it has been taken out. */
export class DrainWatch {
  readonly #clock: Clock;
  readonly #afterMs: () => number | undefined;
  readonly #onOver: () => void;
  #sinceMs: number | undefined;
  #timer: Timer | undefined;

  /** @param afterMs how long they have, as it is configured now; undefined where they may finish. */
  constructor(clock: Clock, afterMs: () => number | undefined, onOver: () => void) {
    this.#clock = clock;
    this.#afterMs = afterMs;
    this.#onOver = onOver;
  }

  /** It is taken out. Nothing changes where it is already. */
  begin(): void {
    this.#sinceMs ??= this.#clock.nowMs();
    this.look();
  }

  /** It is back, or its last session has ended. */
  end(): void {
    this.#sinceMs = undefined;
    this.#timer?.cancel();
  }

  /** It may have another time than before. */
  look(): void {
    this.#timer?.cancel();
    const afterMs = this.#afterMs();
    if (this.#sinceMs === undefined || afterMs === undefined) return;
    const leftMs = this.#sinceMs + afterMs - this.#clock.nowMs();
    this.#timer = this.#clock.setTimer(this.#onOver, Math.max(0, leftMs));
  }
}
