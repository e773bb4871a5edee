// The only file that names Date, performance, timers or Math.random: everything else takes a Clock or a Random, so that
// tests neither sleep nor guess.

export interface Timer {
  /** Idempotent; after it the callback does not run. */
  cancel(): void;
}

export interface Clock {
  /** Monotonic milliseconds since an arbitrary start. */
  nowMs(): number;
  /** Milliseconds since 1970, for what people read. */
  wallMs(): number;
  /** Runs `callback` once after `delayMs`. A timer never keeps the process alive. */
  setTimer(callback: () => void, delayMs: number): Timer;
}

/** A number in [0, 1). */
export type Random = () => number;

// A delay above this overflows Node's 32-bit timer and would fire at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  setTimer(callback, delayMs) {
    const timeout = setTimeout(callback, Math.min(delayMs, LONGEST_TIMER_MS));
    timeout.unref();
    return { cancel: () => clearTimeout(timeout) };
  },
};

export const systemRandom: Random = Math.random;
