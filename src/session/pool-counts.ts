import type { HistogramCounts, HistogramName } from "./counters.ts";
import type { Totals } from "./totals.ts";

/** What is counted for a pool, but not for any of its backends. */
export interface PoolCounts {
  readonly retries: number;
  readonly histograms: Readonly<Record<HistogramName, HistogramCounts>>;
}

/** The figures of a pool that nobody has come to. */
export const NOTHING_COUNTED: PoolCounts = {
  retries: 0,
  histograms: eachHistogram(() => ({ buckets: [], sumMs: 0, count: 0 })),
};

/** The figures of the pool that has that place in the counters. */
export function readPoolCounts(totals: Pick<Totals, "retries" | "histogram">, slot: number): PoolCounts {
  return { retries: totals.retries(slot), histograms: eachHistogram((name) => totals.histogram(slot, name)) };
}

/** What was counted since `before`: a place's counters go on when it is another pool's. */
export function subtractPoolCounts(now: PoolCounts, before: PoolCounts): PoolCounts {
  return {
    retries: now.retries - before.retries,
    histograms: eachHistogram((name) => subtract(now.histograms[name], before.histograms[name])),
  };
}

function eachHistogram(make: (name: HistogramName) => HistogramCounts): Record<HistogramName, HistogramCounts> {
  return { dial: make("dial"), firstByte: make("firstByte"), session: make("session"), queue: make("queue") };
}

function subtract(now: HistogramCounts, before: HistogramCounts): HistogramCounts {
  return {
    buckets: now.buckets.map((count, index) => count - (before.buckets[index] ?? 0)),
    sumMs: now.sumMs - before.sumMs,
    count: now.count - before.count,
  };
}
