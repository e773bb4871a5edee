import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Report, sectionsOf } from "../../../bench/report/sections.ts";

const report: Report = {
  scenarios: [
    {
      name: "bulk",
      title: "downloads",
      metrics: [
        { key: "cpu", label: "s/GB", decimals: 2, comparedWith: ["haproxy", "haproxy-splice"] },
        { key: "rate", label: "MB/s", decimals: 0, comparedWith: [] },
      ],
    },
  ],
  subjects: [
    { name: "haproxy-1", workers: 1 },
    { name: "lb-tcp-net-1", workers: 1 },
    { name: "go-1", workers: 1 },
    { name: "nginx-1", workers: 1 },
  ],
  samples: [
    { scenario: "bulk", subject: "haproxy-1", rotation: 0, readings: { cpu: 0.5, rate: 2000 } },
    { scenario: "bulk", subject: "lb-tcp-net-1", rotation: 0, readings: { cpu: 0.25, rate: 1000.4 } },
  ],
  failures: [
    { scenario: "bulk", subject: "nginx-1", reason: "no answer" },
    { scenario: undefined, subject: "go-1", reason: "go is not installed" },
  ],
};

describe("sectionsOf", () => {
  const [bulk, absent] = sectionsOf(report);

  it("has a row for each subject that was measured, ratios beside what is compared", () => {
    assert.deepEqual(bulk?.head, ["s/GB", "× haproxy", "× haproxy-splice", "range", "MB/s"]);
    assert.deepEqual(bulk.rows, [
      ["haproxy-1", "0.50", "1.00", "", "0.50 to 0.50", "2,000"],
      ["lb-tcp-net-1", "0.25", "0.50", "", "0.25 to 0.25", "1,000"],
    ]);
  });

  it("leaves out silently nobody", () => {
    assert.deepEqual(bulk?.notes, ["  nginx-1 failed: no answer"]);
    assert.deepEqual(absent?.notes, ["  go-1: go is not installed"]);
  });
});
