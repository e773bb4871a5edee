// The alert rules that the package brings.

import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { runProgram, skipReason } from "../support/programs.ts";
import { unknownIn } from "./promql.ts";

// From dist/test/cli.
const FILE: string = fileURLToPath(new URL("../../../src/cli/print/alerts.yaml", import.meta.url));

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const { groups }: { readonly groups: readonly { readonly rules: readonly Rule[] }[] } = parse(
  readFileSync(FILE, "utf8"),
);
const rules: readonly Rule[] = groups.flatMap((group) => group.rules);

/** Series as promtool has them: a value a minute. */
interface Scenario {
  readonly title: string;
  readonly series: Readonly<Record<string, string>>;
  readonly fires: readonly string[];
}

const WEB = 'instance="i", pool="web"';
const A = `${WEB}, backend="a"`;

const scenarios: readonly Scenario[] = [
  {
    title: "all is well",
    series: {
      [`lb_tcp_backend_up{${A}}`]: "1x20",
      [`lb_tcp_pool_backends_usable{${WEB}}`]: "1x20",
      [`lb_tcp_backend_dials_total{${A}, result="ok"}`]: "0+100x20",
      [`lb_tcp_backend_dials_total{${A}, result="refused"}`]: "0+1x20",
      [`lb_tcp_backend_dials_total{${A}, result="local"}`]: "0x20",
      [`lb_tcp_queue_length{${WEB}}`]: "5x20",
      'lb_tcp_rejected_total{instance="i", listener="web", reason="denied"}': "0+600x20",
      'lb_tcp_rejected_total{instance="i", listener="web", reason="over-limit"}': "0+6x20",
      'lb_tcp_sessions_active{instance="i", listener="web"}': "700x20",
      'lb_tcp_connections_limit{instance="i"}': "1000x20",
      'lb_tcp_accept_paused{instance="i"}': "0x20",
      'lb_tcp_config_last_reload_successful{instance="i"}': "1x20",
      'lb_tcp_config_restart_required{instance="i"}': "0x20",
      [`lb_tcp_probe_certificate_expiry_seconds{${A}}`]: "1300000x20",
      'lb_tcp_worker_restarts_total{instance="i", worker="0"}': "3x20",
      'lb_tcp_worker_loop_lag_seconds{instance="i", worker="0"}': "0.01x20",
      'lb_tcp_log_lines_dropped_total{instance="i"}': "7x20",
    },
    fires: [],
  },
  { title: "a backend is down", series: { [`lb_tcp_backend_up{${A}}`]: "0x20" }, fires: ["LbTcpBackendDown"] },
  {
    title: "a pool has nobody",
    series: { [`lb_tcp_pool_backends_usable{${WEB}}`]: "0x20" },
    fires: ["LbTcpPoolHasNoBackend"],
  },
  {
    title: "a tenth of the dials fail",
    series: {
      [`lb_tcp_backend_dials_total{${A}, result="ok"}`]: "0+90x20",
      [`lb_tcp_backend_dials_total{${WEB}, backend="b", result="timeout"}`]: "0+10x20",
    },
    fires: ["LbTcpDialsFail"],
  },
  {
    title: "this machine can't dial",
    series: { [`lb_tcp_backend_dials_total{${A}, result="local"}`]: "0+1x20" },
    fires: ["LbTcpCannotDial"],
  },
  { title: "a queue grows", series: { [`lb_tcp_queue_length{${WEB}}`]: "0+10x20" }, fires: ["LbTcpQueueGrows"] },
  {
    title: "clients are turned away for want of room",
    series: { 'lb_tcp_rejected_total{instance="i", listener="web", reason="queue-full"}': "0+600x20" },
    fires: ["LbTcpClientsTurnedAway"],
  },
  {
    title: "listeners together are near the limit",
    series: {
      'lb_tcp_sessions_active{instance="i", listener="web"}': "500x20",
      'lb_tcp_sessions_active{instance="i", listener="api"}': "400x20",
      'lb_tcp_connections_limit{instance="i"}': "1000x20",
    },
    fires: ["LbTcpNearConnectionLimit"],
  },
  { title: "it is full", series: { 'lb_tcp_accept_paused{instance="i"}': "1x20" }, fires: ["LbTcpAcceptPaused"] },
  {
    title: "a reload failed",
    series: { 'lb_tcp_config_last_reload_successful{instance="i"}': "0x20" },
    fires: ["LbTcpReloadFailed"],
  },
  {
    title: "a certificate ends in a week",
    series: { [`lb_tcp_probe_certificate_expiry_seconds{${A}}`]: "604800x20" },
    fires: ["LbTcpCertificateExpires"],
  },
  {
    title: "a worker died",
    series: { 'lb_tcp_worker_restarts_total{instance="i", worker="0"}': "0x15 1x5" },
    fires: ["LbTcpWorkerRestarted"],
  },
  {
    title: "a worker is late",
    series: { 'lb_tcp_worker_loop_lag_seconds{instance="i", worker="0"}': "0.5x20" },
    fires: ["LbTcpLoopLags"],
  },
  {
    title: "lines of the log are lost",
    series: { 'lb_tcp_log_lines_dropped_total{instance="i"}': "0x10 9x10" },
    fires: ["LbTcpLogLinesDropped"],
  },
];

describe("the alert rules", () => {
  it("name metrics, labels and words that there are", () => {
    assert.deepEqual(
      rules.flatMap(({ expr }) => unknownIn(expr)),
      [],
    );
  });

  it("say what is wrong in a line, and what it means", () => {
    for (const { alert, labels, annotations } of rules) {
      assert.match(alert, /^LbTcp[A-Z]\w+$/);
      assert.ok(["critical", "warning", "info"].includes(labels["severity"] ?? ""), alert);
      assert.ok((annotations["summary"] ?? "").length < 100, alert);
      assert.match(annotations["description"] ?? "", /\.$/, alert);
    }
  });

  it("pass promtool's own check", { skip: skipReason("promtool") }, async () => {
    const { code, stderr } = await runProgram("promtool", ["check", "rules", FILE]);
    assert.deepEqual([code, stderr], [0, ""]);
  });

  it("fire when they should, and not when all is well", { skip: skipReason("promtool") }, async () => {
    const folder = makeTemporaryFolder("alerts");
    try {
      const tests = scenarios.map(({ title, series, fires }) => ({
        name: title,
        interval: "1m",
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: [
          {
            expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
            eval_time: "19m",
            exp_samples: fires.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
          },
        ],
      }));
      const path = join(folder, "tests.yaml");
      writeFileSync(path, JSON.stringify({ rule_files: [FILE], evaluation_interval: "1m", tests }));
      const { code, stdout, stderr } = await runProgram("promtool", ["test", "rules", path]);
      assert.deepEqual([code, stderr], [0, ""], stdout);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("have a scenario each, but for what takes a day", () => {
    const fired = new Set(scenarios.flatMap(({ fires }) => fires));
    assert.deepEqual(
      rules.map(({ alert }) => alert).filter((alert) => !fired.has(alert)),
      ["LbTcpRestartRequired"],
    );
  });
});
