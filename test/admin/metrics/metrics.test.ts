import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { createMetrics, definitionsOf, type Metrics } from "../../../src/admin/metrics/metrics.ts";
import { createBalancer } from "../../../src/control/balancer.ts";
import type { Stats } from "../../../src/control/stats.ts";
import { onePool, startLoopback } from "../../control/loopback.ts";
import { echo } from "../../support/behaviours.ts";
import { withoutLeaks } from "../../support/leaks.ts";
import { startPeerServer } from "../../support/peer-server.ts";
import { runProgram, skipReason } from "../../support/programs.ts";
import { type ExposedFamily, parseExposition, valueOf } from "./exposition.ts";
import { backendOf, listenerOf, poolOf, statsOf } from "./figures.ts";

// From dist/test/admin/metrics.
const SNAPSHOT: URL = new URL("../../../../test/admin/metrics/metrics.txt", import.meta.url);

const WORKERS = [{ worker: 0, active: 0, restarts: 0, loopLagMs: 1.5, heartbeatAgeMs: 0 }];
/** Something of everything. */
const FULL: Stats = statsOf({
  workers: WORKERS,
  listeners: [
    listenerOf({
      ends: { "client-finished": 1 },
      answers: { 404: 1 },
      pools: [
        { pool: "web", ends: { "client-finished": 1 }, bytesUp: 1, bytesDown: 2, irregular: 0, answers: { 404: 1 } },
      ],
    }),
  ],
  pools: [
    poolOf({
      backends: [
        backendOf({
          probes: {
            ok: 1,
            failed: 0,
            lastMs: 1,
            lastAt: "2026-01-01T00:00:00.000Z",
            lastFailure: null,
            certificateExpiresAt: "2027-01-01T00:00:00.000Z",
          },
        }),
      ],
    }),
  ],
});

async function textOf(stats: Stats): Promise<string> {
  const metrics = createMetrics({ stats: () => stats }, { version: "1.2.3" });
  try {
    return await metrics.text();
  } finally {
    metrics.close();
  }
}

async function read(metrics: Metrics): Promise<readonly ExposedFamily[]> {
  return parseExposition(await metrics.text());
}

describe("createMetrics", () => {
  it("writes what a strict reader of the text format understands", async () => {
    const families = parseExposition(await textOf(FULL));
    for (const { name, help, type, samples } of families) {
      assert.match(help, /^[A-Z0-9].*\.$/, name);
      assert.ok(["counter", "gauge", "histogram"].includes(type), name);
      assert.equal(name.endsWith("_total"), type === "counter", name);
      assert.ok(type === "counter" || !/_(?:count|sum|bucket)$/.test(name), name);
      assert.ok(!/_(?:ms|milliseconds|minutes)(?:_|$)/.test(name), `${name} is in base units`);
      assert.ok(samples.length > 0 || name.startsWith("nodejs_gc"), `${name} says something`);
    }
  });

  it("has the names and labels that are an API, and gives each label its value", async () => {
    const families = parseExposition(await textOf(FULL)).filter(({ name }) => name.startsWith("lb_tcp_"));
    const lines = families.map(({ name, type, samples }) => {
      const labels = Object.keys(samples[0]?.labels ?? {}).filter((label) => label !== "le");
      return `${name} ${type} {${labels.join(", ")}}\n`;
    });
    assert.equal(lines.join(""), readFileSync(SNAPSHOT, "utf8"));
    const declared = definitionsOf("").map(({ name, kind, labels }) => `${name} ${kind} {${labels.join(", ")}}\n`);
    assert.deepEqual(declared, lines);
  });

  it("passes promtool's own check", { skip: skipReason("promtool") }, async () => {
    const { code, stdout, stderr } = await runProgram("promtool", ["check", "metrics"], { input: await textOf(FULL) });
    assert.deepEqual([code, stdout, stderr], [0, "", ""]);
  });

  it("is called text of version 0.0.4", () => {
    const metrics = createMetrics({ stats: () => FULL }, { version: "1.2.3" });
    metrics.close();
    assert.equal(metrics.contentType, "text/plain; version=0.0.4; charset=utf-8");
  });

  it("lets those who ask at once share one reading", async () => {
    let readings = 0;
    const stats = (): Stats => {
      readings++;
      return FULL;
    };
    const metrics = createMetrics({ stats }, { version: "1.2.3" });
    const before = readings;
    const [one, other] = await Promise.all([metrics.text(), metrics.text()]);
    assert.equal(one, other);
    assert.equal(readings, before + 1);
    await metrics.text();
    assert.equal(readings, before + 2);
    metrics.close();
  });

  it("lets others run between two families", async () => {
    const metrics = createMetrics({ stats: () => FULL }, { version: "1.2.3" });
    let turns = 0;
    let isWritten = false;
    const turn = (): void => {
      turns++;
      if (!isWritten) setImmediate(turn);
    };
    setImmediate(turn);
    await metrics.text();
    isWritten = true;
    assert.ok(turns >= definitionsOf("").length);
    metrics.close();
  });

  it("fails when the figures can't be had, and tries again", async () => {
    let isBroken = false;
    const stats = (): Stats => {
      if (isBroken) throw new Error("no figures");
      return FULL;
    };
    const metrics = createMetrics({ stats }, { version: "1.2.3" });
    isBroken = true;
    await assert.rejects(metrics.text(), /no figures/);
    isBroken = false;
    assert.match(await metrics.text(), /lb_tcp_build_info/);
    metrics.close();
  });
});

describe("the metrics of a balancer", () => {
  it(
    "count what has happened, in the labels of what was configured",
    withoutLeaks(async () => {
      await using server = await startPeerServer(echo);
      await using loopback = await startLoopback(onePool([{ name: "a", address: server.address }]));
      const metrics = createMetrics(loopback.balancer, { version: "1.2.3" });
      await loopback.visit();
      await loopback.session(() => true);
      const families = await read(metrics);
      metrics.close();
      const backend = { pool: "web", backend: "a" };
      const lane = { listener: "web", pool: "web" };
      assert.equal(valueOf(families, "lb_tcp_sessions_total", { ...lane, end: "client-finished" }), 1);
      assert.equal(valueOf(families, "lb_tcp_bytes_total", { ...lane, direction: "up" }), 4);
      assert.equal(valueOf(families, "lb_tcp_backend_sessions_total", backend), 1);
      assert.equal(valueOf(families, "lb_tcp_backend_dials_total", { ...backend, result: "ok" }), 1);
      assert.equal(valueOf(families, "lb_tcp_dial_seconds_count", { pool: "web" }), 1);
      assert.equal(valueOf(families, "lb_tcp_session_seconds_bucket", { pool: "web", le: "+Inf" }), 1);
      assert.equal(valueOf(families, "lb_tcp_build_info", { version: "1.2.3", transport: "net" }), 1);
      assert.equal(valueOf(families, "lb_tcp_draining"), 0);
    }),
  );

  it(
    "say draining during the shutdown delay, and can be read after the end",
    withoutLeaks(async () => {
      await using loopback = await startLoopback(onePool([]));
      const { balancer } = loopback;
      const metrics = createMetrics(balancer, { version: "1.2.3" });
      const closed = balancer.close({ delayMs: 60_000 });
      assert.equal(valueOf(await read(metrics), "lb_tcp_draining"), 1);
      balancer.destroy();
      await closed;
      assert.equal(valueOf(await read(metrics), "lb_tcp_draining"), 1);
      metrics.close();
    }),
  );

  it("can be read before the start", async () => {
    const metrics = createMetrics(createBalancer(onePool(["127.0.0.1:1"])), { version: "1.2.3" });
    assert.equal(valueOf(await read(metrics), "lb_tcp_backend_weight", { pool: "web", backend: "127.0.0.1:1" }), 1);
    metrics.close();
  });
});
