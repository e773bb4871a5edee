import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AuditEvent } from "../../src/observe/events.ts";
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
          bytesUp: 4,
          bytesDown: 4,
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
      assert.deepEqual(
        [count({ client: "127.0.0.1" }), count({ client: "::ffff:127.0.0.1" }), count({ client: "127.0.0.2" })],
        [6, 6, 0],
      );
      loopback.clock.advance(500);
      await converse(loopback);
      assert.deepEqual([count({ minAgeMs: 500 }), count({ minAgeMs: 0 }), count({ minAgeMs: 501 })], [6, 7, 0]);
      assert.equal(count({ minAgeMs: 500, backend: "web/one", limit: 2 }), 2);
    }),
  );

  it("refuses what can't be", async () => {
    const { balancer } = await startLoopback(onePool([]));
    for (const limit of [0, 1_001, 2.5]) {
      assert.throws(() => balancer.sessions({ limit }), { code: "LB_CONFIG", message: /^limit: got .*1 to 1,000$/ });
    }
    assert.throws(() => balancer.sessions({ cursor: "x" }), { code: "LB_CONFIG", message: /^cursor: / });
    assert.throws(() => balancer.sessions({ client: "127.0.0.1:80" }), {
      code: "LB_CONFIG",
      message: /^client: got "127.0.0.1:80", expected an IP address/,
    });
    assert.throws(() => balancer.sessions({ minAgeMs: -1 }), { code: "LB_CONFIG", message: /^minAgeMs: got -1/ });
    await balancer.close();
  });
});

describe("session", () => {
  it(
    "finds one by its id",
    withoutLeaks(async () => {
      await using server = await startPeerServer(echo);
      await using loopback = await startLoopback(onePool([server.address]));
      const { balancer } = loopback;
      await converse(loopback);
      const client = await converse(loopback);
      const [one, two] = balancer.sessions().items;
      assert.deepEqual(balancer.session(two?.id ?? ""), two);
      assert.notEqual(one?.id, two?.id);
      client.reset();
      await loopback.session(() => true);
      assert.equal(balancer.session(two?.id ?? ""), undefined);
      assert.equal(balancer.session("nobody's"), undefined);
    }),
  );
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

  it(
    "closes those for which all holds that is given, and says who wanted it",
    withoutLeaks(async () => {
      await using server = await startPeerServer(echo);
      const listeners = { web: { listen: "127.0.0.1:0" }, other: { listen: "127.0.0.1:0" } };
      const pools = { web: { ...NO_PROBES, backends: [{ address: server.address, name: "a" }] } };
      await using loopback = await startLoopback({ listeners, pools });
      const { balancer } = loopback;
      const audits: AuditEvent[] = [];
      balancer.on("audit", (event) => void audits.push(event));
      const client = await converse(loopback);
      assert.equal(await balancer.closeSessions({ listener: "other" }), 0);
      assert.equal(await balancer.closeSessions({ listener: "web", client: "127.0.0.2" }), 0);
      assert.equal(await balancer.closeSessions({ listener: "web", pool: "none" }), 0);
      assert.equal(audits.length, 0, "nothing was changed");
      const by = { by: "token", client: "127.0.0.1:5" };
      assert.equal(await balancer.closeSessions({ listener: "web", pool: "web", client: "127.0.0.1" }, by), 1);
      assert.equal((await client.ended()).how, "reset");
      assert.deepEqual(
        audits.map(({ at: _at, ...rest }) => rest),
        [
          {
            action: "sessions-closed",
            ...by,
            subject: null,
            change: { listener: "web", pool: "web", client: "127.0.0.1", count: 1 },
          },
        ],
      );
    }),
  );

  it("refuses to close all there are by mistake", async () => {
    const { balancer } = await startLoopback(onePool([]));
    await assert.rejects(balancer.closeSessions({}), { code: "LB_CONFIG", message: /no filter; give at least one of/ });
    await assert.rejects(balancer.closeSessions({ client: "x" }), { code: "LB_CONFIG", message: /^client: got "x"/ });
    await balancer.close();
  });
});
