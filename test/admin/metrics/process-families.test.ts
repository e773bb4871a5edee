import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Stats } from "../../../src/control/stats.ts";
import { samplesOf, statsOf } from "./figures.ts";

function value(name: string, stats: Partial<Stats>): number | undefined {
  const [sample, ...others] = samplesOf(name, stats);
  assert.deepEqual([sample?.labels, others], [{}, []]);
  return sample?.value;
}

const { config } = statsOf();

describe("processFamilies", () => {
  it("say what has become of the configuration", () => {
    assert.equal(value("lb_tcp_config_last_reload_successful", {}), 1);
    assert.equal(value("lb_tcp_config_last_reload_successful", { config: { ...config, lastError: "bad" } }), 0);
    assert.equal(value("lb_tcp_config_last_reload_success_timestamp_seconds", {}), 1_767_225_600);
    assert.equal(value("lb_tcp_config_restart_required", {}), 0);
    assert.equal(value("lb_tcp_config_restart_required", { config: { ...config, restartRequired: ["workers"] } }), 1);
    const reloads = { ok: 3, failed: 1 };
    assert.deepEqual(samplesOf("lb_tcp_config_reloads_total", { config: { ...config, reloads } }), [
      { labels: { result: "ok" }, value: 3 },
      { labels: { result: "failed" }, value: 1 },
    ]);
  });

  it("call the process draining from the beginning of its end", () => {
    const draining = (["new", "starting", "running", "closing", "closed"] as const).map((state) =>
      value("lb_tcp_draining", { state }),
    );
    assert.deepEqual(draining, [0, 0, 0, 1, 1]);
  });

  it("say what it is and what it can take", () => {
    assert.deepEqual(samplesOf("lb_tcp_build_info", { transport: "net" }), [
      { labels: { version: "1.2.3", node: process.versions.node, transport: "net" }, value: 1 },
    ]);
    assert.equal(value("lb_tcp_connections_limit", { sessions: { active: 1, limit: 500 } }), 500);
    assert.equal(value("lb_tcp_accept_paused", { acceptPaused: true }), 1);
    assert.equal(value("lb_tcp_log_lines_dropped_total", { logLinesDropped: 9 }), 9);
  });

  it("say of each worker what it carries, how often it was replaced and how late it is", () => {
    const workers = [
      { worker: 0, active: 1, restarts: 0, loopLagMs: 5, heartbeatAgeMs: 0 },
      { worker: 1, active: 2, restarts: 3, loopLagMs: 0, heartbeatAgeMs: 0 },
    ];
    const names = ["sessions_active", "restarts_total", "loop_lag_seconds"].map((name) => `lb_tcp_worker_${name}`);
    const values = names.map((name) => samplesOf(name, { workers }).map((sample) => [sample.labels, sample.value]));
    assert.deepEqual(values, [
      [
        [{ worker: "0" }, 1],
        [{ worker: "1" }, 2],
      ],
      [
        [{ worker: "0" }, 0],
        [{ worker: "1" }, 3],
      ],
      [
        [{ worker: "0" }, 0.005],
        [{ worker: "1" }, 0],
      ],
    ]);
  });
});
