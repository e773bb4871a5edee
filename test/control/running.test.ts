// What an operator sees of workers that run, and sets while they do.

import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { BalancerOptions, TransportName } from "../../src/config/options.ts";
import type { AuditEvent } from "../../src/observe/events.ts";
import { echo } from "../support/behaviours.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { startCrew, until, withoutWorkers } from "./crew.ts";
import { assertGrown } from "./growing-counters.ts";
import { startTraffic } from "./traffic.ts";

const folder = makeTemporaryFolder("running");
after(() => rmSync(folder, { recursive: true }));

interface Where {
  readonly title: string;
  readonly transport: TransportName;
  readonly skip: string | false;
  readonly more: Partial<BalancerOptions>;
}

const PLACES: readonly Where[] = [
  { title: "in this thread", transport: "net", skip: false, more: { workers: 0, transport: "auto" } },
  { title: "workers on net", transport: "net", skip: withoutWorkers("net"), more: {} },
  { title: "workers on linux", transport: "linux", skip: withoutWorkers("linux"), more: {} },
];

for (const { title, transport, skip, more } of PLACES) {
  describe(`a running balancer, ${title}`, { skip }, () => {
    it(
      "shows its workers: who serves whom, and that they are alive",
      withoutLeaks(async () => {
        await using server = await startPeerServer(echo);
        await using crew = await startCrew(transport, [server.address], more);
        const { balancer } = crew;
        await crew.converse();
        await crew.converse();
        const { workers, sessions } = balancer.stats();
        assert.equal(workers.length, more.workers === 0 ? 1 : 2);
        assert.equal(
          workers.reduce((sum, { active }) => sum + active, 0),
          sessions.active,
        );
        assert.deepEqual([...new Set(workers.map(({ restarts }) => restarts))], [0]);
        const beaten = workers.map(({ heartbeatAgeMs }) => heartbeatAgeMs);
        await until(
          () => balancer.stats().workers.every((worker, index) => worker.heartbeatAgeMs < (beaten[index] ?? 0)),
          "another beat of each",
        );
      }),
    );

    it(
      "obeys another log level, access lines and debugging included",
      withoutLeaks(async () => {
        const output = join(folder, `${title}.log`);
        const countOf = (event: string): number =>
          readFileSync(output, "utf8")
            .split("\n")
            .filter((line) => line.includes(`"event":"${event}"`)).length;
        await using server = await startPeerServer(echo);
        await using crew = await startCrew(transport, [server.address], {
          ...more,
          log: { level: "info", output, format: "json" },
        });
        const { balancer } = crew;
        assert.equal(balancer.logLevel, "info");
        await crew.visit();
        await until(() => countOf("session") === 1, "the first line");
        balancer.logLevel = "error";
        assert.equal(balancer.logLevel, "error");
        await crew.visit();
        await until(() => crew.sessions.length === 2, "the second session's end");
        balancer.logLevel = "debug";
        await crew.visit();
        await until(() => countOf("session") === 2, "the third session's line");
        await until(() => countOf("selected") === 1, "why it went there");
        assert.throws(
          () => {
            balancer.logLevel = "loud" as never;
          },
          { code: "LB_CONFIG", message: /^logLevel: got "loud", expected one of "trace"/ },
        );
      }),
    );

    it(
      "writes a line of a session that goes on, at the interval that the log has",
      withoutLeaks(async () => {
        const output = join(folder, `${title}-progress.log`);
        await using server = await startPeerServer(echo);
        const log = { output, format: "json", accessIntervalMs: 1_000 } as const;
        await using crew = await startCrew(transport, [server.address], { ...more, log });
        await crew.converse();
        const lines = (): string[] =>
          readFileSync(output, "utf8")
            .split("\n")
            .filter((line) => line.includes('"event":"progress"'));
        await until(() => lines().length === 2, "two lines");
        const [first = ""] = lines();
        assert.match(first, /"id":"[^"]+","listener":"web".*"bytesUp":4,"bytesDown":4,"end":null/);
      }),
    );

    it(
      "shows the bytes of a session that goes on, and counts none twice",
      withoutLeaks(async () => {
        await using server = await startPeerServer(echo);
        await using crew = await startCrew(transport, [server.address], more);
        const { balancer } = crew;
        const bytes = (): readonly unknown[] => {
          const { listeners, pools } = balancer.stats();
          const [listener, backend] = [listeners[0], pools[0]?.backends[0]];
          return [listener?.bytesUp, listener?.bytesDown, backend?.bytesUp, backend?.bytesDown];
        };
        const client = await crew.converse();
        await until(() => balancer.sessions().items[0]?.bytesDown === 4, "the bytes of the session");
        assert.deepEqual(bytes(), [4, 4, 4, 4]);
        await client.send("more of them");
        await client.received(16);
        await until(() => balancer.sessions().items[0]?.bytesUp === 16, "what came later");
        const [item] = balancer.sessions().items;
        assert.deepEqual(balancer.session(item?.id ?? "")?.bytesUp, 16);
        await client.send("and");
        await client.received(19);
        client.reset();
        await until(() => crew.sessions.length === 1, "the record");
        assert.deepEqual([crew.sessions[0]?.bytesUp, bytes()], [19, [19, 19, 19, 19]]);
      }),
    );

    it(
      "counts a backend's limit that was set at run time, over all workers",
      withoutLeaks(async () => {
        await using server = await startPeerServer(echo);
        const backends = [{ address: server.address, name: "a" }];
        await using crew = await startCrew(transport, backends, more);
        const { balancer } = crew;
        const audits: AuditEvent[] = [];
        balancer.on("audit", (event) => void audits.push(event));
        balancer.pool("web").change("a", { maxConnections: 1 }, "me");
        const kept = await crew.converse();
        const refused = await crew.connect();
        await refused.ended();
        await until(() => crew.sessions.length === 1, "the record");
        assert.equal(crew.sessions[0]?.end, "no-backend");
        assert.deepEqual(balancer.stats().pools[0]?.backends[0]?.maxConnections, 1);
        assert.equal(balancer.pool("web").restore("a", "me"), true);
        await crew.converse();
        kept.reset();
        assert.deepEqual(
          audits.map(({ action, by, subject, change }) => [action, by, subject, change]),
          [
            ["backend-changed", "me", "web/a", { maxConnections: 1 }],
            ["override-removed", "me", "web/a", { maxConnections: 1 }],
          ],
        );
        assert.deepEqual(balancer.overrides(), []);
      }),
    );
  });
}

for (const { title, transport, skip } of PLACES.slice(1)) {
  describe(`the counters, ${title}`, { skip }, () => {
    it(
      "never count backwards while workers die under load, and are replaced",
      withoutLeaks(async () => {
        await using server = await startPeerServer(echo);
        await using crew = await startCrew(transport, [{ address: server.address, name: "a" }]);
        const { balancer } = crew;
        const traffic = startTraffic(crew.visit);
        let last = balancer.stats();
        let looks = 0;
        const look = (): void => {
          const next = balancer.stats();
          assertGrown(last, next);
          last = next;
          looks++;
        };
        for (const worker of [0, 1]) {
          const held = await Promise.all([crew.converse(), crew.converse(), crew.converse()]);
          await until(() => {
            look();
            return balancer.sessions({ minAgeMs: 500 }).items.filter(({ bytesUp }) => bytesUp === 4).length >= 3;
          }, "the bytes of those that stay");
          crew.kill(worker);
          await until(() => {
            look();
            return balancer.stats().workers[worker]?.restarts === 1;
          }, "a successor");
          // Whoever it was that had a worker which lives.
          for (const client of held) client.reset();
          await traffic.more(50);
          look();
        }
        await traffic.stop();
        await until(() => balancer.stats().sessions.active === 0, "the last one's end");
        look();
        assert.ok(looks > 10);
        const [listener, backend] = [last.listeners[0], last.pools[0]?.backends[0]];
        assert.deepEqual([listener?.bytesUp, listener?.bytesDown], [backend?.bytesUp, backend?.bytesDown]);
        const recorded = (): number => crew.sessions.reduce((sum, { bytesUp }) => sum + bytesUp, 0);
        await until(() => recorded() === listener?.bytesUp, "as many as the records say");
        const failed = crew.sessions.filter(({ end }) => end === "worker-failed");
        assert.equal(listener?.ends["worker-failed"], failed.length);
      }),
    );
  });
}
