import type { Clock } from "../clock.ts";

/** What `work` gives, or undefined when it has not come after `limitMs`. Rejects as `work` does until then. */
export async function inTime<T>(clock: Clock, work: Promise<T>, limitMs: number): Promise<T | undefined> {
  let cancel = (): void => {};
  const expired = new Promise<undefined>((resolve) => {
    const timer = clock.setTimer(() => resolve(undefined), limitMs);
    cancel = () => timer.cancel();
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    cancel();
  }
}
