// Counters never go backwards, whatever happens to who counts.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createMetrics, type Metrics } from "../../../src/admin/metrics/metrics.ts";
import type { BalancerOptions } from "../../../src/config/options.ts";
import { startCrew, until, withoutWorkers } from "../../control/crew.ts";
import { echo } from "../../support/behaviours.ts";
import { withoutLeaks } from "../../support/leaks.ts";
import { startPeerServer } from "../../support/peer-server.ts";
import { parseExposition, valueOf } from "./exposition.ts";

/** Every series that only ever grows, by its name and labels. */
type Counters = ReadonlyMap<string, number>;

async function countersOf(metrics: Metrics): Promise<Counters> {
  const families = parseExposition(await metrics.text());
  const growing = families.filter(({ type, name }) => type !== "gauge" && name.startsWith("lb_tcp_"));
  return new Map(
    growing.flatMap(({ samples }) =>
      samples.map(({ name, labels, value }) => [`${name} ${JSON.stringify(labels)}`, value] as const),
    ),
  );
}

/** What has become less, or has gone. */
function backwards(before: Counters, after: Counters): readonly string[] {
  return [...before]
    .filter(([series, value]) => (after.get(series) ?? -1) < value)
    .map(([series, value]) => `${series}: ${value}, then ${after.get(series)}`);
}

for (const transport of ["net", "linux"] as const) {
  describe(`counters over ${transport}`, { skip: withoutWorkers(transport) }, () => {
    it(
      "never go backwards: not when a worker dies, nor by a reload, nor when a backend is removed",
      withoutLeaks(async () => {
        await using server = await startPeerServer(echo);
        const a = { name: "a", address: server.address };
        const b = { name: "b", address: server.address };
        await using crew = await startCrew(transport, [a, b], {}, { policy: "round-robin" });
        const { balancer } = crew;
        const metrics = createMetrics(balancer, { version: "1.2.3" });
        const visitAll = async (): Promise<void> => {
          const before = crew.sessions.length;
          for (let round = 0; round < 6; round++) await crew.visit();
          await until(() => crew.sessions.length >= before + 6, "six records");
        };
        const steps: readonly [what: string, step: () => Promise<unknown>][] = [
          ["sessions", visitAll],
          [
            "a worker that dies",
            async () => {
              await crew.converse();
              crew.kill(0);
              await until(() => crew.spawned === 3, "another thread in its place");
            },
          ],
          ["sessions of its successor", visitAll],
          [
            "a reload",
            () => {
              const options: BalancerOptions = {
                listeners: { web: { listen: "127.0.0.1:0", pool: "web" } },
                pools: { web: { probe: "off", backends: [a, b], attempts: 5 }, more: { probe: "off", backends: [] } },
                workers: 2,
                transport,
              };
              return balancer.reload(options);
            },
          ],
          ["sessions after a reload", visitAll],
          ["a backend that is removed", async () => balancer.pool("web").remove("b")],
          ["sessions without it", visitAll],
          ["a backend that is brought back", async () => balancer.pool("web").add(b)],
          ["sessions with it", visitAll],
        ];
        let before = await countersOf(metrics);
        for (const [what, step] of steps) {
          await step();
          const after = await countersOf(metrics);
          assert.deepEqual(backwards(before, after), [], what);
          before = after;
        }
        const families = parseExposition(await metrics.text());
        metrics.close();
        const restarts = valueOf(families, "lb_tcp_worker_restarts_total", { worker: "0" });
        assert.equal(restarts, 1);
        assert.equal(
          valueOf(families, "lb_tcp_sessions_total", { pool: "web", end: "client-finished" }),
          crew.sessions.filter(({ end }) => end === "client-finished").length,
        );
      }),
    );
  });
}
