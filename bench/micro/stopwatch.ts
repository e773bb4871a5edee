/** What one call costs, by its name. */
export type Costs = Record<string, number>;

const WARM_UP_MS = 100;
const MEASURE_MS = 200;
const BATCH = 1_000;

/** Nanoseconds for one `work`, once the compiler has seen enough of it. */
export function nanosecondsEach(work: (index: number) => void): number {
  repeat(work, WARM_UP_MS);
  const { count, elapsedMs } = repeat(work, MEASURE_MS);
  return (elapsedMs * 1e6) / count;
}

function repeat(work: (index: number) => void, durationMs: number): { count: number; elapsedMs: number } {
  const startMs = performance.now();
  let count = 0;
  let elapsedMs = 0;
  while (elapsedMs < durationMs) {
    for (let index = 0; index < BATCH; index++) work(count + index);
    count += BATCH;
    elapsedMs = performance.now() - startMs;
  }
  return { count, elapsedMs };
}
