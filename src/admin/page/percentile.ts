// Percentiles out of histograms.

import type { Pool } from "./types.ts";

type Histogram = Pool["histograms"]["dial"];

/** Upper bounds of the buckets, milliseconds, as the balancer has them; the last bucket has none. */
export const BOUNDS_MS: readonly number[] = [1, 2, 5, 10, 25, 50, 100, 250, 1_000, 5_000, 60_000];

/**
 * What `share` (0 to 1) of the values since `before` have not exceeded, milliseconds: evenly spread within a bucket, and its lower
 * bound in the last. Null where there were none.
 */
export function percentileMs(now: Histogram, before: Histogram | undefined, share: number): number | null {
  const counts = now.buckets.map((count, index) => Math.max(0, count - (before?.buckets[index] ?? 0)));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let wanted = total * share;
  for (const [index, count] of counts.entries()) {
    const lowerMs = BOUNDS_MS[index - 1] ?? 0;
    const upperMs = BOUNDS_MS[index] ?? lowerMs;
    if (wanted <= count) return lowerMs + ((upperMs - lowerMs) * wanted) / count;
    wanted -= count;
  }
  return BOUNDS_MS.at(-1) ?? 0;
}
