import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { histogramSamples } from "../../../src/admin/metrics/histogram.ts";
import { bucketBoundsMs } from "../../../src/session/counters.ts";
import { parseLabels } from "./exposition.ts";

const labels = 'pool="web"';

describe("histogramSamples", () => {
  it("cumulates the buckets, in seconds, up to +Inf", () => {
    const counts = { buckets: [1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 3], sumMs: 1_500, count: 7 };
    const samples = histogramSamples("x_seconds", labels, counts);
    assert.deepEqual(
      samples.slice(0, 12).map((sample) => [parseLabels(sample.labels)["le"], sample.value]),
      [
        ["0.001", 1],
        ["0.002", 1],
        ["0.005", 3],
        ["0.01", 3],
        ["0.025", 3],
        ["0.05", 3],
        ["0.1", 3],
        ["0.25", 3],
        ["1", 3],
        ["5", 3],
        ["60", 4],
        ["+Inf", 7],
      ],
    );
    assert.deepEqual(samples.slice(12), [
      { metricName: "x_seconds_sum", labels, value: 1.5 },
      { metricName: "x_seconds_count", labels, value: 7 },
    ]);
  });

  it("has all buckets before anything was counted", () => {
    const samples = histogramSamples("x_seconds", labels, { buckets: [], sumMs: 0, count: 0 });
    assert.equal(samples.length, 14);
    assert.ok(samples.every(({ value }) => value === 0));
  });

  it("has at most 12 buckets", () => {
    assert.ok(bucketBoundsMs.length < 12);
  });
});
