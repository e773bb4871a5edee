import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { echo } from "../support/behaviours.ts";
import { withoutLeaks } from "../support/leaks.ts";
import type { Peer } from "../support/peer.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { type Loopback, NO_PROBES, onePool, startLoopback } from "./loopback.ts";

async function converse(loopback: Loopback): Promise<Peer> {
  const client = await loopback.connect();
  await client.send("word");
  await client.received(4);
  return client;
}

describe("sessions", () => {
  it(
    "lists who is served, and by whom",
    withoutLeaks(async () => {
      await using server = await startPeerServer(echo);
      await using loopback = await startLoopback(onePool([{ address: server.address, name: "a" }]));
      const { balancer, clock } = loopback;
      assert.deepEqual(balancer.sessions(), { items: [], cursor: null });
      const client = await converse(loopback);
      clock.advance(1_500);
      const { items, cursor } = balancer.sessions();
      assert.equal(cursor, null);
      assert.deepEqual(items, [
        {
          id: items[0]?.id,
          listener: "web",
          client: `127.0.0.1:${client.localPort}`,
          pool: "web",
          backend: "web/a",
          backendAddress: server.address,
          bytesUp: 0,
          bytesDown: 0,
          durationMs: 1_500,
          worker: 0,
        },
      ]);
      client.reset();
      const record = await loopback.session(() => true);
      assert.equal(record.id, items[0]?.id);
      assert.deepEqual(balancer.sessions().items, []);
    }),
  );

  it(
    "filters, and goes on page by page",
    withoutLeaks(async () => {
      await using one = await startPeerServer(echo);
      await using two = await startPeerServer(echo);
      const backends = [
        { address: one.address, name: "one" },
        { address: two.address, name: "two" },
      ];
      await using loopback = await startLoopback(onePool(backends, { policy: "round-robin" }));
      const { balancer } = loopback;
      for (let count = 0; count < 6; count++) await converse(loopback);
      const clients: string[] = [];
      let cursor: string | null | undefined;
      let pages = 0;
      while (cursor !== null) {
        const page = balancer.sessions({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
        clients.push(...page.items.map(({ client }) => client));
        cursor = page.cursor;
        pages++;
      }
      assert.deepEqual([new Set(clients).size, clients.length, pages], [6, 6, 3]);
      const count = (query: Parameters<typeof balancer.sessions>[0]): number => balancer.sessions(query).items.length;
      assert.deepEqual(
        [count({ backend: "web/one" }), count({ pool: "web", backend: "web/two" }), count({ listener: "web" })],
        [3, 3, 6],
      );
      assert.deepEqual(
        [count({ pool: "other" }), count({ backend: "web/none" }), count({ listener: "no" })],
        [0, 0, 0],
      );
    }),
  );

  it("refuses a limit and a cursor that can't be", async () => {
    const { balancer } = await startLoopback(onePool([]));
    for (const limit of [0, 1_001, 2.5]) {
      assert.throws(() => balancer.sessions({ limit }), { code: "LB_CONFIG", message: /^limit: got .*1 to 1,000$/ });
    }
    assert.throws(() => balancer.sessions({ cursor: "x" }), { code: "LB_CONFIG", message: /^cursor: / });
    await balancer.close();
  });
});

describe("closeSessions", () => {
  it(
    "resets the sessions of a backend, also of one that was removed",
    withoutLeaks(async () => {
      await using server = await startPeerServer(echo);
      const pool = { ...NO_PROBES, backends: [{ address: server.address, name: "a" }] };
      await using loopback = await startLoopback({
        listeners: { web: { listen: "127.0.0.1:0" } },
        pools: { web: pool },
      });
      const { balancer } = loopback;
      const clients = [await converse(loopback), await converse(loopback)];
      balancer.pool("web").remove("a");
      assert.equal(await balancer.closeSessions({ backend: "web/none" }), 0);
      assert.equal(await balancer.closeSessions({ backend: "web/a" }), 2);
      for (const client of clients) assert.equal((await client.ended()).how, "reset");
      await loopback.session(() => loopback.sessions.length === 2);
      assert.deepEqual(
        loopback.sessions.map(({ end }) => end),
        ["closed-by-operator", "closed-by-operator"],
      );
    }),
  );

  it(
    "resets one session by its id",
    withoutLeaks(async () => {
      await using server = await startPeerServer(echo);
      await using loopback = await startLoopback(onePool([server.address]));
      const { balancer } = loopback;
      const kept = await converse(loopback);
      const closed = await converse(loopback);
      const name = `127.0.0.1:${closed.localPort}`;
      const id = balancer.sessions().items.find(({ client }) => client === name)?.id ?? "";
      assert.equal(await balancer.closeSessions({ id }), 1);
      assert.equal((await closed.ended()).how, "reset");
      assert.equal(await balancer.closeSessions({ id }), 0);
      assert.equal(await balancer.closeSessions({ id: "nobody's" }), 0);
      await kept.send("word");
      await kept.received(8);
    }),
  );

  it("refuses to guess which", async () => {
    const { balancer } = await startLoopback(onePool([]));
    await assert.rejects(balancer.closeSessions({}), {
      code: "LB_CONFIG",
      message: /expected either an id or a backend/,
    });
    await assert.rejects(balancer.closeSessions({ id: "a", backend: "b" }), { code: "LB_CONFIG" });
    await balancer.close();
  });
});
