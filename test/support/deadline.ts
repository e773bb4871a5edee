import { systemClock } from "../../src/clock.ts";

// Loopback answers in microseconds, but a machine that is busy with other things may move hundreds of megabytes in this
// time and no more. It is only for what will never come.
const PATIENCE_MS = 60_000;

/** The promise, or an error that says what was waited for. `what` is asked only when the time is up. */
export async function withDeadline<T>(
  promise: Promise<T>,
  what: () => string,
  patienceMs: number = PATIENCE_MS,
): Promise<T> {
  const { promise: expired, cancel } = expiry(what, patienceMs);
  try {
    return await Promise.race([promise, expired]);
  } finally {
    cancel();
  }
}

function expiry(what: () => string, patienceMs: number): { promise: Promise<never>; cancel: () => void } {
  let cancel = (): void => {};
  const promise = new Promise<never>((_resolve, reject) => {
    const timer = systemClock.setTimer(() => reject(new Error(`waited ${patienceMs} ms for ${what()}`)), patienceMs);
    cancel = () => timer.cancel();
  });
  return { promise, cancel };
}
