import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Registry } from "prom-client";
import { registerNodeMetrics } from "../../../src/admin/metrics/node-metrics.ts";
import { createFakeClock } from "../../support/fake-clock.ts";
import { parseExposition, valueOf } from "./exposition.ts";

describe("registerNodeMetrics", () => {
  it("has Node's own figures under the names that dashboards know", async () => {
    const registry = new Registry();
    const unhook = registerNodeMetrics(registry, createFakeClock({ wallMs: 1_767_225_600_000 }));
    try {
      const families = parseExposition(`${(await registry.metrics()).replaceAll("\n\n", "\n")}`);
      for (const name of [
        "process_resident_memory_bytes",
        "nodejs_heap_size_used_bytes",
        "process_cpu_seconds_total",
      ]) {
        assert.ok(valueOf(families, name) > 0, name);
      }
      const age = 1_767_225_600 - valueOf(families, "process_start_time_seconds");
      assert.ok(age >= 0 && age <= process.uptime() + 1);
    } finally {
      unhook();
    }
  });

  it("counts on when it is read again", async () => {
    const registry = new Registry();
    const unhook = registerNodeMetrics(registry, createFakeClock());
    try {
      const read = async (): Promise<number> =>
        valueOf(parseExposition(`${await registry.getSingleMetricAsString(CPU)}\n`), CPU);
      const first = await read();
      const second = await read();
      // Added to itself it would be twice as much.
      assert.ok(second >= first && second < first + Math.max(first / 2, 1), `${first}, then ${second}`);
    } finally {
      unhook();
    }
  });
});

const CPU = "process_cpu_seconds_total";
