import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Sample } from "../../../bench/measurement.ts";
import { barGroups } from "../../../bench/report/bars.ts";

function sample(subject: string, cpu: number): Sample {
  return { scenario: "bulk", subject, rotation: 0, readings: { cpu } };
}

describe("barGroups", () => {
  it("has a column for each number of workers, without HAProxy itself", () => {
    const groups = barGroups({
      scenarios: [
        {
          name: "bulk",
          title: "downloads",
          metrics: [{ key: "cpu", label: "s", decimals: 1, comparedWith: ["haproxy"] }],
        },
        { name: "growth", title: "growth", metrics: [{ key: "cpu", label: "%", decimals: 1, comparedWith: [] }] },
      ],
      subjects: [
        { name: "haproxy-1", workers: 1 },
        { name: "lb-tcp-net-1", workers: 1 },
        { name: "haproxy-2", workers: 2 },
        { name: "nginx-2", workers: 2 },
      ],
      samples: [sample("haproxy-1", 2), sample("lb-tcp-net-1", 1), sample("haproxy-2", 1), sample("nginx-2", 3)],
      failures: [],
    });
    assert.deepEqual(groups, [
      {
        title: "downloads: s",
        columns: [[{ label: "lb-tcp-net", ratio: 0.5, isOwn: true }], [{ label: "nginx", ratio: 3, isOwn: false }]],
      },
    ]);
  });
});
