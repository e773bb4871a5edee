// What all workers have counted, as if one had.

import type { Counters, HistogramCounts, HistogramName, LaneCounts, RowCounts } from "./counters.ts";
import { addLanes, ZERO_LANE } from "./lane-counts.ts";
import { addCounts, ZERO_COUNTS } from "./row-counts.ts";

/** Reads the counters of several workers. It writes none. */
export class Totals {
  readonly #parts: readonly Counters[];

  constructor(parts: readonly Counters[]) {
    this.#parts = parts;
  }

  lane(lane: number): LaneCounts {
    return this.#parts.map((part) => part.lane(lane)).reduce(addLanes, ZERO_LANE);
  }

  row(row: number): RowCounts {
    return this.#parts.map((part) => part.row(row)).reduce(addCounts, ZERO_COUNTS);
  }

  retries(pool: number): number {
    return this.#parts.reduce((sum, part) => sum + part.retries(pool), 0);
  }

  histogram(pool: number, name: HistogramName): HistogramCounts {
    const all = this.#parts.map((part) => part.histogram(pool, name));
    const [first] = all;
    const buckets = (first?.buckets ?? []).map((_, index) =>
      all.reduce((sum, each) => sum + (each.buckets[index] ?? 0), 0),
    );
    return {
      buckets,
      sumMs: all.reduce((sum, each) => sum + each.sumMs, 0),
      count: all.reduce((sum, each) => sum + each.count, 0),
    };
  }
}
