import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HistogramCounts } from "../../../src/session/counters.ts";
import { poolOf, samplesOf } from "./figures.ts";

const labels = { pool: "web" };

describe("poolFamilies", () => {
  it("say what a pool has that none of its backends has", () => {
    const pools = [poolOf({ usable: 2, queueLength: 5, retries: 7 })];
    assert.deepEqual(samplesOf("lb_tcp_pool_backends_usable", { pools }), [{ labels, value: 2 }]);
    assert.deepEqual(samplesOf("lb_tcp_queue_length", { pools }), [{ labels, value: 5 }]);
    assert.deepEqual(samplesOf("lb_tcp_retries_total", { pools }), [{ labels, value: 7 }]);
  });

  it("have a histogram for each of its times", () => {
    const counted = (count: number): HistogramCounts => ({ buckets: [count], sumMs: 1, count });
    const histograms = { dial: counted(1), firstByte: counted(2), session: counted(3), queue: counted(4) };
    const names = ["dial", "first_byte", "session", "queue"].map((name) => `lb_tcp_${name}_seconds`);
    assert.deepEqual(
      names.map((name) => samplesOf(name, { pools: [poolOf({ histograms })] }).at(-1)),
      names.map((name, index) => ({ metricName: `${name}_count`, labels, value: index + 1 })),
    );
  });
});
