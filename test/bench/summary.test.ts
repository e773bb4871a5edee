import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Metric, Sample } from "../../bench/measurement.ts";
import { summarize } from "../../bench/summary.ts";

const metric: Metric = { key: "cpu", label: "µs", decimals: 1, comparedWith: ["haproxy"] };

function samples(subject: string, ...values: number[]): Sample[] {
  return values.map((cpu, rotation) => ({ scenario: "keep-alive", subject, rotation, readings: { cpu } }));
}

describe("summarize", () => {
  const all = [
    ...samples("haproxy-1", 10, 20, 30),
    ...samples("haproxy-2", 1, 1, 1),
    ...samples("nginx-1", 15, 20, 15),
  ];

  it("gives median and range", () => {
    const figure = summarize(all, "keep-alive", { name: "nginx-1", workers: 1 }, metric);
    assert.deepEqual([figure?.median, figure?.least, figure?.most], [15, 15, 20]);
  });

  it("compares within a rotation, and with as many threads as the subject has workers", () => {
    assert.equal(summarize(all, "keep-alive", { name: "nginx-1", workers: 1 }, metric)?.ratios.haproxy, 1);
    assert.equal(summarize(all, "keep-alive", { name: "haproxy-2", workers: 2 }, metric)?.ratios.haproxy, 1);
  });

  it("has no ratio without its reference", () => {
    const figure = summarize(samples("nginx-1", 1), "keep-alive", { name: "nginx-1", workers: 1 }, metric);
    assert.deepEqual(figure?.ratios, {});
  });

  it("has nothing for who was not measured", () => {
    assert.equal(summarize(all, "bulk", { name: "nginx-1", workers: 1 }, metric), undefined);
  });
});
