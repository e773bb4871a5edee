import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { SessionRecord } from "../../src/session/record.ts";
import { echo } from "../support/behaviours.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { openDescriptors, withoutLeaks } from "../support/leaks.ts";
import { connectPeer } from "../support/peer.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { startRefuser } from "../support/refuser.ts";
import { type Crew, startCrew, until, withoutWorkers } from "./crew.ts";
import { startTraffic } from "./traffic.ts";
import { visit } from "./visit.ts";

const folder = makeTemporaryFolder("fleet");
after(() => rmSync(folder, { recursive: true }));

function activeOf({ balancer }: Crew): readonly number[] {
  const { sessions, listeners, pools } = balancer.stats();
  return [sessions.active, listeners[0]?.active ?? -1, pools[0]?.backends[0]?.active ?? -1];
}

function count(records: readonly SessionRecord[], end: SessionRecord["end"]): number {
  return records.filter((record) => record.end === end).length;
}

for (const transport of ["net", "linux"] as const) {
  describe(`createFleet: two workers on ${transport}`, { skip: withoutWorkers(transport) }, () => {
    it(
      "spreads clients, and counts them together",
      withoutLeaks(async () => {
        await using server = await startPeerServer(echo);
        await using crew = await startCrew(transport, [server.address]);
        const { balancer } = crew;
        const clients = await Promise.all(Array.from({ length: 200 }, crew.converse));
        assert.deepEqual(activeOf(crew), [200, 200, 200]);
        const { items, cursor } = balancer.sessions({ limit: 1_000 });
        assert.deepEqual([items.length, cursor], [200, null]);
        const onFirst = items.filter(({ worker }) => worker === 0).length;
        assert.ok(onFirst >= 60 && onFirst <= 140, `${onFirst} of 200 are on the first worker`);
        assert.equal(new Set(items.map(({ id }) => id)).size, 200);
        await Promise.all(clients.map((client) => client.finish()));
        await until(() => crew.sessions.length === 200, "200 records");
        assert.deepEqual(activeOf(crew), [0, 0, 0]);
        const { listeners, pools } = balancer.stats();
        assert.deepEqual(listeners[0]?.ends, { "client-finished": 200 });
        assert.equal(listeners[0].bytesUp, 800);
        assert.equal(pools[0]?.backends[0]?.sessions, 200);
        assert.equal(pools[0].histograms.session.count, 200);
      }),
    );

    it(
      "holds a backend's limit over all workers, exactly",
      withoutLeaks(async () => {
        await using server = await startPeerServer(echo);
        await using crew = await startCrew(transport, [{ address: server.address, maxConnections: 7 }]);
        const clients = await Promise.all(Array.from({ length: 30 }, crew.connect));
        await until(() => count(crew.sessions, "no-backend") === 23, "23 refusals");
        assert.deepEqual(activeOf(crew), [7, 7, 7]);
        for (const client of clients) client.reset();
        await until(() => crew.sessions.length === 30, "30 records");
        assert.deepEqual(activeOf(crew), [0, 0, 0]);
      }),
    );

    it(
      "puts changes of a pool in force everywhere",
      withoutLeaks(async () => {
        await using first = await startPeerServer(echo);
        await using second = await startPeerServer(echo);
        await using crew = await startCrew(transport, [{ address: first.address, name: "first" }]);
        const { balancer } = crew;
        const clients = await Promise.all(Array.from({ length: 20 }, crew.converse));
        balancer.pool("web").add({ address: second.address, name: "second" });
        balancer.pool("web").remove("first");
        await until(() => balancer.sessions({ limit: 1_000 }).items.length === 20, "the sessions of the removed one");
        // Snapshots overtake no client that is on its way; this one is behind them.
        await Promise.all(Array.from({ length: 20 }, crew.converse));
        await until(() => balancer.sessions({ backend: "web/second" }).items.length > 0, "sessions on the new one");
        assert.equal(await balancer.closeSessions({ backend: "web/first" }), first.peers.length);
        for (const client of clients) assert.equal((await client.ended()).how, "reset");
        await until(() => count(crew.sessions, "closed-by-operator") === first.peers.length, "their records");
        assert.equal(balancer.sessions({ backend: "web/first" }).items.length, 0);
      }),
    );

    it(
      "closes one session by its id",
      withoutLeaks(async () => {
        await using server = await startPeerServer(echo);
        await using crew = await startCrew(transport, [server.address]);
        const clients = await Promise.all(Array.from({ length: 6 }, crew.converse));
        const { items } = crew.balancer.sessions();
        const chosen = items.at(-1);
        assert.equal(await crew.balancer.closeSessions({ id: chosen?.id ?? "" }), 1);
        assert.equal(await crew.balancer.closeSessions({ id: chosen?.id ?? "" }), 0);
        await until(() => crew.sessions.length === 1, "its record");
        assert.deepEqual([crew.sessions[0]?.id, crew.sessions[0]?.client], [chosen?.id, chosen?.client]);
        const ports = new Set(clients.map(({ localPort }) => `127.0.0.1:${localPort}`));
        assert.ok(items.every(({ client }) => ports.has(client)));
      }),
    );

    it(
      "goes on where a backend fails, and hears of it",
      withoutLeaks(async () => {
        await using refuser = await startRefuser();
        await using server = await startPeerServer(echo);
        const backends = [
          { address: refuser.address, name: "ill" },
          { address: server.address, name: "well" },
        ];
        await using crew = await startCrew(transport, backends, {}, { policy: "round-robin" });
        const events: string[] = [];
        crew.balancer.on("backend", ({ event, backend }) => events.push(`${backend} ${event}`));
        for (let visits = 0; visits < 20; visits++) await crew.visit();
        const backend = (name: string) => crew.balancer.stats().pools[0]?.backends.find((one) => one.name === name);
        // A client sees its end before the session is counted.
        await until(() => events.length > 0 && backend("well")?.sessions === 20, "an ejection and 20 sessions");
        assert.deepEqual(events, ["web/ill ejected"]);
        assert.deepEqual([backend("ill")?.ejections, backend("well")?.sessions], [1, 20]);
      }),
    );

    it(
      "lets sessions finish at a close and resets the rest, and counts both exactly",
      withoutLeaks(async () => {
        await using server = await startPeerServer(echo);
        await using crew = await startCrew(transport, [server.address]);
        const clients = await Promise.all(Array.from({ length: 20 }, crew.converse));
        const closed = crew.balancer.close({ graceMs: 1_000 });
        await until(() => crew.balancer.addresses().length === 0, "freed addresses");
        await assert.rejects(connectPeer({ port: crew.port }), { code: "ECONNREFUSED" });
        for (const client of clients.slice(0, 12)) await client.finish();
        assert.deepEqual(await closed, { finished: 12, reset: 8 });
        for (const client of clients.slice(12)) assert.equal((await client.ended()).how, "reset");
        assert.deepEqual([count(crew.sessions, "client-finished"), count(crew.sessions, "shutdown")], [12, 8]);
        assert.equal(crew.balancer.stats().state, "closed");
      }),
    );

    it(
      "ends a close as soon as the last session has finished",
      withoutLeaks(async () => {
        await using server = await startPeerServer(echo);
        await using crew = await startCrew(transport, [server.address]);
        const client = await crew.converse();
        const closed = crew.balancer.close({ graceMs: 60_000 });
        await until(() => crew.balancer.addresses().length === 0, "freed addresses");
        await client.finish();
        assert.deepEqual(await closed, { finished: 1, reset: 0 });
      }),
    );

    it(
      "writes the lines of all workers, none lost and none torn",
      withoutLeaks(async () => {
        const output = join(folder, `${transport}.log`);
        await using server = await startPeerServer(echo);
        await using crew = await startCrew(transport, [server.address], { log: { output } });
        const traffic = startTraffic(crew.visit);
        await traffic.more(400);
        assert.deepEqual(await traffic.stop(), []);
        await crew.balancer.close();
        const lines = readFileSync(output, "utf8").trimEnd().split("\n");
        const records: { event: string; id: string; worker: number; message?: string }[] = lines.map((line) =>
          JSON.parse(line),
        );
        const sessions = records.filter(({ event }) => event === "session");
        assert.equal(sessions.length, traffic.served);
        assert.equal(new Set(sessions.map(({ id }) => id)).size, traffic.served);
        assert.deepEqual(new Set(sessions.map(({ worker }) => worker)), new Set([0, 1]));
        assert.match(lines.find((line) => line.includes('"listening"')) ?? "", /"transport":"\w+","workers":2/);
        assert.equal(crew.balancer.stats().logLinesDropped, 0);
      }),
    );

    it(
      "listens on a unix socket, too",
      withoutLeaks(async () => {
        const path = join(folder, `${transport}.sock`);
        await using server = await startPeerServer(echo);
        const listeners = { web: { listen: `unix:${path}` } };
        await using crew = await startCrew(transport, [server.address], { listeners });
        const client = await connectPeer({ path });
        await client.finish("word");
        assert.equal((await client.ended()).byteCount, 4);
        await crew.balancer.close();
        assert.equal(existsSync(path), false);
      }),
    );

    it(
      "fails to start on a port that is taken, and then nothing is left",
      withoutLeaks(async () => {
        await using taken = await startPeerServer();
        const listeners = { web: { listen: ["127.0.0.1:0", taken.address] } };
        await assert.rejects(startCrew(transport, [], { listeners }), {
          code: "LB_ADDRESS_IN_USE",
          message: new RegExp(`^cannot listen on ${taken.address}: the address is in use; `),
        });
      }),
    );

    it(
      "refuses a second balancer on the port, and gets it back after the first",
      withoutLeaks(async () => {
        await using server = await startPeerServer(echo);
        const crew = await startCrew(transport, [server.address]);
        const listeners = { web: { listen: `127.0.0.1:${crew.port}` } };
        await assert.rejects(startCrew(transport, [], { listeners }), { code: "LB_ADDRESS_IN_USE" });
        await crew.balancer.close();
        await using second = await startCrew(transport, [server.address], { listeners });
        await second.visit();
      }),
    );

    it(
      "accounts for a worker that dies, and puts another in its place",
      withoutLeaks(async () => {
        const output = join(folder, `${transport}-died.log`);
        await using server = await startPeerServer(echo);
        await using crew = await startCrew(transport, [server.address], { log: { output } });
        await crew.visit();
        await until(() => crew.sessions.length === 1, "the first record");
        const descriptors = openDescriptors();
        const clients = await Promise.all(Array.from({ length: 40 }, crew.converse));
        const { items } = crew.balancer.sessions({ limit: 1_000 });
        const lost = items.filter(({ worker }) => worker === 0);
        crew.kill(0);
        await until(() => crew.spawned === 3, "another worker");
        assert.deepEqual(activeOf(crew), Array(3).fill(40 - lost.length));
        const failed = crew.sessions.filter(({ end }) => end === "worker-failed");
        assert.deepEqual(failed.map(({ id }) => id).sort(), lost.map(({ id }) => id).sort());
        assert.deepEqual(
          [failed[0]?.pool, failed[0]?.backendAddress, failed[0]?.active.process],
          ["web", server.address, 40 - lost.length],
        );
        const gone = new Set(lost.map(({ client }) => client));
        for (const client of clients) {
          const isLost = gone.has(`127.0.0.1:${client.localPort}`);
          if (isLost) assert.equal((await client.ended()).how, "reset");
          else await client.finish();
        }
        const traffic = startTraffic(crew.visit);
        await until(() => crew.balancer.stats().sessions.active > 0, "somebody who is served");
        await until(() => crew.sessions.some(({ id, worker }) => worker === 0 && !gone.has(id)), "the new worker");
        await traffic.more(100);
        assert.deepEqual(await traffic.stop(), []);
        await until(() => crew.sessions.length === 41 + traffic.served, "all records");
        const ids = crew.sessions.map(({ id }) => id);
        assert.equal(new Set(ids).size, ids.length, "no id is used twice");
        assert.deepEqual(activeOf(crew), [0, 0, 0]);
        const { ends } = crew.balancer.stats().listeners[0] ?? {};
        assert.deepEqual(ends, { "client-finished": ids.length - lost.length, "worker-failed": lost.length });
        await until(() => openDescriptors() <= descriptors, "the descriptors that there were before");
        await crew.balancer.close();
        const lines = readFileSync(output, "utf8");
        assert.match(
          lines,
          /"event":"worker-failed","worker":0,"sessions":\d+,"error":"[^"]+","message":"Worker 0 died/,
        );
        assert.match(lines, /"event":"worker-started","worker":0/);
      }),
    );

    it(
      "gives up when workers die again and again",
      withoutLeaks(async () => {
        await using server = await startPeerServer(echo);
        await using crew = await startCrew(transport, [server.address]);
        const errors: unknown[] = [];
        crew.balancer.on("failed", (error) => errors.push(error.code));
        for (let death = 0; death < 4; death++) {
          await until(() => crew.spawned === 2 + death, `the replacement of ${death} workers`);
          crew.kill(1);
        }
        await until(() => crew.balancer.stats().state === "closed", "the end");
        assert.deepEqual(errors, ["LB_WORKER"]);
        await assert.rejects(visit(crew.port));
      }),
    );

    it(
      "may be closed at any moment of its start",
      withoutLeaks(async () => {
        for (const waitMs of [0, 5, 30, 60, 90]) {
          const { balancer } = await unstarted(transport);
          const started = balancer.start();
          await new Promise((resolve) => setTimeout(resolve, waitMs));
          await balancer.close();
          await started;
          assert.equal(balancer.stats().state, "closed");
        }
      }),
    );
  });
}

async function unstarted(transport: "net" | "linux") {
  const { createBalancer } = await import("../../src/index.ts");
  const balancer = createBalancer({
    listeners: { web: { listen: "127.0.0.1:0" } },
    pools: { web: { backends: [] } },
    workers: 2,
    transport,
  });
  return { balancer };
}

describe("createFleet: closing on linux", { skip: withoutWorkers("linux") }, () => {
  it(
    "resets nobody whom the kernel had accepted",
    withoutLeaks(async () => {
      for (let round = 0; round < 3; round++) {
        await using server = await startPeerServer(echo);
        await using crew = await startCrew("linux", [server.address]);
        const traffic = startTraffic(crew.visit);
        await traffic.more(50);
        const closed = crew.balancer.close({ graceMs: 5_000 });
        await until(() => crew.balancer.addresses().length === 0, "freed addresses");
        await closed;
        const problems = await traffic.stop();
        assert.deepEqual(
          problems.filter((problem) => problem !== "ECONNREFUSED"),
          [],
          "whoever was connected was served",
        );
      }
    }),
  );
});
