import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BOUNDS_MS, percentileMs } from "../../../src/admin/page/percentile.ts";
import { bucketBoundsMs } from "../../../src/session/counters.ts";

function histogram(buckets: readonly number[]): { buckets: readonly number[]; sumMs: number; count: number } {
  const all = [...buckets, ...Array.from({ length: bucketBoundsMs.length + 1 - buckets.length }, () => 0)];
  return { buckets: all, sumMs: 0, count: all.reduce((sum, count) => sum + count, 0) };
}

describe("percentileMs", () => {
  it("knows the buckets that the balancer has", () => {
    assert.deepEqual(BOUNDS_MS, bucketBoundsMs);
  });

  it("is null where there was nothing", () => {
    assert.equal(percentileMs(histogram([]), undefined, 0.5), null);
    assert.equal(percentileMs(histogram([5]), histogram([5]), 0.5), null);
  });

  it("spreads values evenly within their bucket", () => {
    assert.equal(percentileMs(histogram([10]), undefined, 0.5), 0.5);
    assert.equal(percentileMs(histogram([0, 0, 100]), undefined, 0.5), 3.5);
    assert.equal(percentileMs(histogram([50, 50]), undefined, 0.95), 1.9);
  });

  it("counts only what came since", () => {
    assert.equal(percentileMs(histogram([1_000, 0, 100]), histogram([1_000]), 0.5), 3.5);
  });

  it("is the last bound for what is beyond it", () => {
    const beyond = histogram([...bucketBoundsMs.map(() => 0), 3]);
    assert.equal(percentileMs(beyond, undefined, 0.95), 60_000);
  });
});
