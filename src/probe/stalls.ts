import type { Clock, Timer } from "../clock.ts";

/** What is measured across a standstill of this length says more about this process than about anybody else. */
export const STALL_MS = 100;
/** Often enough to see every stall, and seldom enough to cost nothing. */
const BEAT_MS = 25;

/**
 * Notices that this thread stood still, because it was busy or its process was stopped. Only while somebody watches: an
 * idle process need not wake up for it.
 */
export class Stalls {
  readonly #clock: Clock;
  #watchers = 0;
  #beat: Timer | undefined;
  #lookedAtMs = 0;
  #noticedAtMs: number = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Begins to watch. Whoever calls owes an `unwatch`. */
  watch(): void {
    this.#watchers++;
    if (this.#watchers > 1) {
      // What has been so far is none of the newcomer's.
      this.#look();
      return;
    }
    this.#lookedAtMs = this.#clock.nowMs();
    this.#beatLater();
  }

  unwatch(): void {
    this.#watchers--;
    if (this.#watchers === 0) this.#beat?.cancel();
  }

  /** Whether there was a stall since then. Asked by somebody who has watched since then. */
  since(startedAtMs: number): boolean {
    this.#look();
    return this.#noticedAtMs > startedAtMs;
  }

  #beatLater(): void {
    this.#beat = this.#clock.setTimer(() => {
      this.#look();
      this.#beatLater();
    }, BEAT_MS);
  }

  #look(): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#lookedAtMs > STALL_MS) this.#noticedAtMs = nowMs;
    this.#lookedAtMs = nowMs;
  }
}
