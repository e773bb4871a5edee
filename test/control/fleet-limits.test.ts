import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ListenerOptions, PoolOptions } from "../../src/config/options.ts";
import type { EndReason } from "../../src/session/end.ts";
import { echo } from "../support/behaviours.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { connectPeer, type Peer } from "../support/peer.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { type Crew, startCrew, until, withoutWorkers } from "./crew.ts";

function on(listener: Partial<ListenerOptions>) {
  return { listeners: { web: { listen: "127.0.0.1:0", ...listener } } };
}

function count({ sessions }: Crew, end: EndReason): number {
  return sessions.filter((record) => record.end === end).length;
}

function activeOf({ balancer }: Crew): number {
  return balancer.stats().listeners[0]?.active ?? -1;
}

function queueLengthOf({ balancer }: Crew): number {
  return balancer.stats().pools[0]?.queueLength ?? -1;
}

/** Clients that wait, in this order. */
async function queueUp(crew: Crew, clientCount: number): Promise<readonly Peer[]> {
  const clients: Peer[] = [];
  for (let waiting = 1; waiting <= clientCount; waiting++) {
    clients.push(await crew.connect());
    await until(() => queueLengthOf(crew) === waiting, `${waiting} in the queue`);
  }
  return clients;
}

const QUEUE: Partial<PoolOptions> = { queue: { limit: 100, timeoutMs: 60_000 } };

for (const transport of ["net", "linux"] as const) {
  describe(`limits over two workers on ${transport}`, { skip: withoutWorkers(transport) }, () => {
    it(
      "denies by address",
      withoutLeaks(async () => {
        await using server = await startPeerServer(echo);
        await using crew = await startCrew(transport, [server.address], on({ access: { deny: ["127.0.0.2/31"] } }));
        const denied = await connectPeer({ port: crew.port, localAddress: "127.0.0.3" });
        assert.equal((await denied.ended()).how, "reset");
        await crew.visit();
        await until(() => crew.sessions.length === 2, "both records");
        assert.deepEqual([count(crew, "denied"), count(crew, "client-finished"), server.peers.length], [1, 1, 1]);
      }),
    );

    it(
      "holds the limit of each client under a storm, exactly, and forgets nobody",
      withoutLeaks(async () => {
        await using server = await startPeerServer(echo);
        const perClient = { maxConnections: 5 };
        await using crew = await startCrew(transport, [server.address], on({ perClient }));
        const from = (localAddress: string, clientCount: number) =>
          Array.from({ length: clientCount }, () => connectPeer({ port: crew.port, localAddress }));
        for (let round = 1; round <= 3; round++) {
          const clients = await Promise.all([
            ...from("127.0.0.1", 40),
            ...from("127.0.0.2", 40),
            ...from("127.0.0.3", 3),
          ]);
          await until(() => count(crew, "over-limit") === round * 70, "those who are too many");
          // Exactly so many of each: the others are as many as have been turned away.
          await until(() => activeOf(crew) === 13 && server.peers.length === 13 * round, "those who are served");
          for (const client of clients) client.reset();
          await until(() => activeOf(crew) === 0, "nobody");
        }
        assert.deepEqual([count(crew, "over-limit"), server.peers.length], [210, 39]);
      }),
    );

    it(
      "lets a client come so often, over all workers together",
      withoutLeaks(async () => {
        await using server = await startPeerServer(echo);
        const perClient = { ratePerSecond: 0.001, burst: 6 };
        await using crew = await startCrew(transport, [server.address], on({ perClient }));
        const clients = await Promise.all(Array.from({ length: 30 }, crew.connect));
        await until(() => count(crew, "rate-limited") === 24, "those who come too fast");
        await until(() => activeOf(crew) === 6, "the others");
        for (const client of clients) client.reset();
        await until(() => activeOf(crew) === 0, "nobody");
      }),
    );

    it(
      "holds the limit of a listener, exactly",
      withoutLeaks(async () => {
        await using server = await startPeerServer(echo);
        await using crew = await startCrew(transport, [server.address], on({ maxConnections: 7 }));
        let clients = await Promise.all(Array.from({ length: 30 }, crew.connect));
        await until(() => activeOf(crew) === 7, "seven");
        // Whoever waits in the kernel follows when there is room.
        for (let round = 0; round < 4; round++) {
          for (const client of clients.slice(0, 10)) client.reset();
          clients = clients.slice(10);
          assert.ok(activeOf(crew) <= 7);
        }
        await until(() => activeOf(crew) === 0, "nobody");
        const active = Math.max(...crew.sessions.map((record) => record.active.listener));
        assert.ok(active <= 7, `${active} beside one that has ended`);
      }),
    );

    it(
      "serves those who wait in the order in which they came, whichever worker has them",
      withoutLeaks(async () => {
        await using server = await startPeerServer(echo);
        const backends = [{ address: server.address, maxConnections: 1 }];
        await using crew = await startCrew(transport, backends, {}, QUEUE);
        const clients = [await crew.converse(), ...(await queueUp(crew, 20))];
        for (const [index, client] of clients.entries()) {
          // The place of this one was free when the one before had left.
          await client.send(`${index}`);
          await client.received(1);
          assert.equal(queueLengthOf(crew), clients.length - 1 - index);
          client.reset();
        }
        await until(() => crew.sessions.length === 21, "all records");
        assert.equal(count(crew, "client-reset"), 21);
        assert.equal(new Set(crew.sessions.map(({ worker }) => worker)).size, 2, "both workers had some");
        const waited = crew.sessions.filter(({ queueMs }) => queueMs !== null);
        assert.equal(waited.length, 20);
        const { queue } = crew.balancer.stats().pools[0]?.histograms ?? assert.fail();
        assert.equal(queue.count, 20);
      }),
    );

    it(
      "overtakes nobody by more than there are workers when many places become free at once",
      withoutLeaks(async () => {
        await using server = await startPeerServer(echo);
        const backends = [{ address: server.address, maxConnections: 8 }];
        await using crew = await startCrew(transport, backends, {}, QUEUE);
        const first = await Promise.all(Array.from({ length: 8 }, crew.converse));
        const waiting = await queueUp(crew, 24);
        for (const client of waiting) await client.send("word");
        const served: number[] = [];
        for (const [index, client] of waiting.entries())
          void client.received(4).then(
            () => served.push(index),
            () => {},
          );
        for (let round = 0; round < 3; round++) {
          const those = round === 0 ? first : waiting.slice(8 * (round - 1), 8 * round);
          for (const client of those) client.reset();
          await until(() => served.length === 8 * (round + 1), "eight more");
          const latest = Math.max(...served);
          assert.ok(latest < 8 * (round + 1) + 2, served.join(" "));
        }
      }),
    );

    it(
      "is full with so many in the queue, and gives up on who waits too long",
      withoutLeaks(async () => {
        await using server = await startPeerServer(echo);
        const backends = [{ address: server.address, maxConnections: 1 }];
        await using crew = await startCrew(transport, backends, {}, { queue: { limit: 3, timeoutMs: 500 } });
        const client = await crew.converse();
        const others = await Promise.all(Array.from({ length: 8 }, crew.connect));
        await until(() => count(crew, "queue-full") === 5, "five who find it full");
        await until(() => count(crew, "queue-timeout") === 3, "three who have waited too long");
        for (const other of others) assert.equal((await other.ended()).how, "reset");
        assert.equal(queueLengthOf(crew), 0);
        await client.finish("last");
        assert.equal((await client.ended()).how, "finished");
      }),
    );

    it(
      "goes on counting, and keeps the line, over a reload that changes the limits",
      withoutLeaks(async () => {
        await using server = await startPeerServer(echo);
        const backends = [{ address: server.address, maxConnections: 2 }];
        const configured = (maxConnections: number, limit: number) => ({
          ...on({ perClient: { maxConnections } }),
          pools: { web: { probe: "off" as const, backends, queue: { limit, timeoutMs: 60_000 } } },
          workers: 2,
          transport,
        });
        await using crew = await startCrew(transport, backends, configured(4, 10));
        const clients = [...(await Promise.all([crew.converse(), crew.converse()])), ...(await queueUp(crew, 2))];
        await crew.balancer.reload(configured(5, 3));
        clients.push(await crew.connect());
        await until(() => queueLengthOf(crew) === 3, "one more");
        clients.push(await crew.connect());
        await until(() => count(crew, "over-limit") === 1, "one too many");
        await crew.balancer.reload(configured(9, 3));
        clients.push(await crew.connect());
        await until(() => count(crew, "queue-full") === 1, "one too many in the queue");
        for (const client of clients.slice(0, 5)) {
          await client.send("word");
          await client.received(4);
          client.reset();
        }
        await until(() => activeOf(crew) === 0, "nobody");
      }),
    );

    it(
      "loses no place and no count with a worker that dies, and serves those who wait at the others",
      withoutLeaks(async () => {
        await using server = await startPeerServer(echo);
        const backends = [{ address: server.address, maxConnections: 6 }];
        const perClient = { maxConnections: 30 };
        await using crew = await startCrew(transport, backends, on({ perClient }), QUEUE);
        const clients = [
          ...(await Promise.all(Array.from({ length: 6 }, crew.converse))),
          ...(await queueUp(crew, 24)),
        ];
        const items = crew.balancer.sessions({ limit: 1_000 }).items.filter(({ worker }) => worker === 0);
        const lost = new Set(items.map(({ client }) => client));
        assert.ok(lost.size > 0 && lost.size < 30, `${lost.size} of 30 are on the first worker`);
        crew.kill(0);
        await until(() => count(crew, "worker-failed") === lost.size, "the lost ones");
        for (const client of clients) {
          if (lost.has(`127.0.0.1:${client.localPort}`)) continue;
          // Each has its turn, because each before it leaves: none waits for a place that nobody has.
          await client.send("word");
          await client.received(4);
          client.reset();
        }
        await until(() => activeOf(crew) === 0, "nobody");
        assert.deepEqual([queueLengthOf(crew), crew.balancer.stats().pools[0]?.backends[0]?.active], [0, 0]);
        await until(() => crew.spawned === 3, "another worker");
        // Neither are clients counted that have gone with their worker.
        const again = await Promise.all(Array.from({ length: 36 }, crew.connect));
        await until(() => count(crew, "over-limit") === 6, "six too many");
        await until(() => activeOf(crew) === 30 && queueLengthOf(crew) === 24, "the others");
        for (const client of again) client.reset();
        await until(() => activeOf(crew) === 0 && queueLengthOf(crew) === 0, "nobody");
      }),
    );
  });
}

describe("a queue in the caller's thread", () => {
  it(
    "works as with workers",
    withoutLeaks(async () => {
      await using server = await startPeerServer(echo);
      const backends = [{ address: server.address, maxConnections: 1 }];
      await using crew = await startCrew("net", backends, { workers: 0 }, QUEUE);
      const clients = [await crew.converse(), ...(await queueUp(crew, 5))];
      for (const client of clients) {
        await client.send("word");
        await client.received(4);
        client.reset();
      }
      await until(() => crew.sessions.length === 6, "all records");
    }),
  );
});
