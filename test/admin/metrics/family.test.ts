import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Registry } from "prom-client";
import { Family, type FamilyDefinition } from "../../../src/admin/metrics/family.ts";
import { histogramSamples } from "../../../src/admin/metrics/histogram.ts";
import { scrapeOf } from "../../../src/admin/metrics/scrape.ts";
import { statsOf } from "./figures.ts";

async function exposed(definition: FamilyDefinition): Promise<string> {
  const registry = new Registry();
  new Family(registry, definition, () => scrapeOf(statsOf()));
  return registry.getSingleMetricAsString(definition.name);
}

const counter: FamilyDefinition = {
  name: "x_total",
  kind: "counter",
  help: "What is counted.",
  labels: ["pool"],
  read: () => [],
};

describe("Family", () => {
  it("is written with its help, its type and its samples", async () => {
    const read = () => [
      { labels: 'pool="web"', value: 3 },
      { labels: "", value: 0.25 },
    ];
    assert.equal(
      await exposed({ ...counter, read }),
      '# HELP x_total What is counted.\n# TYPE x_total counter\nx_total{pool="web"} 3\nx_total 0.25',
    );
  });

  it("is written as a histogram, which prom-client lets nobody fill", async () => {
    const counts = { buckets: [2], sumMs: 1, count: 2 };
    const read = () => histogramSamples("x_seconds", 'pool="web"', counts).slice(-3);
    assert.equal(
      await exposed({ ...counter, name: "x_seconds", kind: "histogram", read }),
      [
        "# HELP x_seconds What is counted.",
        "# TYPE x_seconds histogram",
        'x_seconds_bucket{pool="web",le="+Inf"} 2',
        'x_seconds_sum{pool="web"} 0.001',
        'x_seconds_count{pool="web"} 2',
      ].join("\n"),
    );
  });

  it("reads what there is when it is asked", async () => {
    const registry = new Registry();
    let limit = 1;
    const definition: FamilyDefinition = {
      ...counter,
      kind: "gauge",
      read: ({ stats }) => [{ labels: "", value: stats.sessions.limit }],
    };
    new Family(registry, definition, () => scrapeOf(statsOf({ sessions: { active: 0, limit } })));
    limit = 2;
    assert.match(await registry.getSingleMetricAsString("x_total"), /^x_total 2$/m);
  });
});
