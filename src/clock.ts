// The only file that names Date, performance, timers or Math.random: everything else takes a Clock or a Random, so that
// tests neither sleep nor guess.

export interface Timer {
  /** Idempotent; after it the callback does not run. */
  cancel(): void;
}

export interface Clock {
  /** Monotonic milliseconds since an arbitrary start, the same for all threads of a process. */
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

// performance.now() is the cheaper one to read, and each thread has its own start of it; process.hrtime has one start.
// Read in between, so that a thread that was suspended at this moment is not behind the others for ever.
const originMs: number = leastOf(9, () => {
  const before = Number(process.hrtime.bigint());
  const now = performance.now();
  const after = Number(process.hrtime.bigint());
  return { value: (before + after) / 2e6 - now, error: after - before };
});

function leastOf(tries: number, measure: () => { readonly value: number; readonly error: number }): number {
  let best = measure();
  for (let tried = 1; tried < tries; tried++) {
    const next = measure();
    if (next.error < best.error) best = next;
  }
  return best.value;
}

export const systemClock: Clock = {
  nowMs: () => originMs + performance.now(),
  wallMs: () => Date.now(),
  setTimer(callback, delayMs) {
    const timeout = setTimeout(callback, Math.min(delayMs, LONGEST_TIMER_MS));
    timeout.unref();
    return { cancel: () => clearTimeout(timeout) };
  },
};

export const systemRandom: Random = Math.random;
