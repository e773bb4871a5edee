import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BalancerOptions } from "../../src/config/options.ts";
import type { Balancer } from "../../src/control/balancer.ts";
import { echo } from "../support/behaviours.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { startRefuser } from "../support/refuser.ts";
import { AT_ONCE_MS, createLoopback, NO_PROBES, onePool, startLoopback } from "./loopback.ts";

const twoPools: BalancerOptions = {
  listeners: {
    web: { listen: "127.0.0.1:0", pool: "web" },
    api: { listen: "127.0.0.1:0", pool: "api" },
  },
  pools: {
    web: { ...NO_PROBES, backends: [{ address: "127.0.0.1:1", name: "a", weight: 3 }] },
    api: { ...NO_PROBES, backends: [{ address: "unix:/run/none.sock", name: "s", backup: true }, "127.0.0.1:2"] },
  },
  maxConnections: 500,
};

const NOT_HTTP = { irregular: 0, answers: {} };

describe("readStats", () => {
  it("shows everything that is configured, before the start as well", () => {
    const { balancer } = createLoopback(twoPools);
    const { state, sessions, listeners, pools, logLinesDropped } = balancer.stats();
    assert.deepEqual(
      { state, sessions, logLinesDropped },
      {
        state: "new",
        sessions: { active: 0, limit: 500 },
        logLinesDropped: 0,
      },
    );
    const none = { ends: {}, bytesUp: 0, bytesDown: 0, ...NOT_HTTP };
    const lanesTo = (pool: string) => [
      { pool: null, ...none },
      { pool, ...none },
    ];
    assert.deepEqual(listeners, [
      { name: "web", pool: "web", active: 0, ...none, pools: lanesTo("web") },
      { name: "api", pool: "api", active: 0, ...none, pools: lanesTo("api") },
    ]);
    assert.deepEqual(
      pools.map(({ name, usable, retries, backends }) => [
        name,
        usable,
        retries,
        backends.map((backend) => [backend.name, backend.weight, backend.backup, backend.addresses.length]),
      ]),
      [
        ["web", 0, 0, [["a", 3, false, 0]]],
        [
          "api",
          0,
          0,
          [
            ["s", 1, true, 0],
            ["127.0.0.1:2", 1, false, 0],
          ],
        ],
      ],
    );
    assert.deepEqual(pools[0]?.histograms.dial.count, 0);
  });

  it(
    "counts what happens where it happens",
    withoutLeaks(async () => {
      await using server = await startPeerServer(echo);
      await using refuser = await startRefuser();
      const backends = [
        { address: refuser.address, name: "ill" },
        { address: server.address, name: "well" },
      ];
      const pools = {
        web: { ...NO_PROBES, policy: "round-robin", backends },
        api: { ...NO_PROBES, backends: [] },
      } as const;
      await using loopback = await startLoopback({ ...twoPools, pools });
      const { balancer } = loopback;
      await loopback.visit();
      await loopback.visit();
      const client = await loopback.connect();
      await client.send("a longer text");
      await client.received(13);
      await loopback.session(() => loopback.sessions.length === 2);

      const { sessions, listeners, pools: stats } = balancer.stats();
      assert.equal(sessions.active, 1);
      assert.deepEqual(listeners[0], {
        name: "web",
        pool: "web",
        active: 1,
        ends: { "client-finished": 2 },
        bytesUp: 8,
        bytesDown: 8,
        ...NOT_HTTP,
        pools: [
          { pool: null, ends: {}, bytesUp: 0, bytesDown: 0, ...NOT_HTTP },
          { pool: "web", ends: { "client-finished": 2 }, bytesUp: 8, bytesDown: 8, ...NOT_HTTP },
        ],
      });
      assert.deepEqual(listeners[1]?.ends, {});
      const [web, api] = stats;
      assert.deepEqual([web?.usable, web?.retries, web?.histograms.dial.count], [2, 2, 3]);
      assert.deepEqual([web?.histograms.firstByte.count, web?.histograms.session.count], [2, 2]);
      assert.deepEqual([api?.retries, api?.histograms.dial.count], [0, 0]);
      const none = { ok: 0, refused: 0, timeout: 0, reset: 0, unreachable: 0, local: 0 };
      const [ill, well] = web?.backends ?? [];
      assert.deepEqual(
        [ill, well].map((backend) => [
          backend?.name,
          backend?.active,
          backend?.dials,
          backend?.sessions,
          backend?.bytesUp,
          backend?.bytesDown,
          backend?.ejections,
        ]),
        [
          ["ill", 0, { ...none, refused: 2 }, 0, 0, 0, 0],
          ["well", 1, { ...none, ok: 3 }, 2, 8, 8, 0],
        ],
      );
      assert.deepEqual(
        [ill, well].map((backend) => backend?.addresses.map(({ address, state, active }) => [address, state, active])),
        [[[refuser.address, "ready", 0]], [[server.address, "ready", 1]]],
      );
    }),
  );

  it(
    "shows what the probes say",
    withoutLeaks(async () => {
      await using refuser = await startRefuser();
      await using loopback = await startLoopback(onePool([refuser.address], { probe: {} }));
      loopback.clock.advance(AT_ONCE_MS);
      await loopback.backendEvent(({ event }) => event === "down");
      const [web] = loopback.balancer.stats().pools;
      assert.equal(web?.usable, 0);
      assert.deepEqual(
        web.backends[0]?.addresses.map(({ address, state, lastProbe }) => [address, state, lastProbe]),
        [[refuser.address, "down", "ECONNREFUSED"]],
      );
    }),
  );

  it(
    "never counts backwards while backends of a name come and go",
    withoutLeaks(async () => {
      await using server = await startPeerServer(echo);
      let answer = ["127.0.0.1"];
      const address = `a.internal:${server.port}`;
      await using loopback = await startLoopback(onePool([address], {}, { lookup: async () => answer }));
      const counted = (balancer: Balancer): number => balancer.stats().pools[0]?.backends[0]?.sessions ?? -1;
      await loopback.visit();
      await loopback.session(() => true);
      for (const next of [["127.0.0.2"], ["127.0.0.1"], ["127.0.0.3"]]) {
        answer = next;
        const events = loopback.backendEvents.length;
        loopback.clock.advance(10_000);
        await loopback.backendEvent(() => loopback.backendEvents.length > events);
        assert.equal(counted(loopback.balancer), 1);
      }
    }),
  );

  it(
    "is the same in short, without what is said of each backend",
    withoutLeaks(async () => {
      await using server = await startPeerServer(echo);
      await using loopback = await startLoopback(onePool([server.address]));
      await loopback.visit();
      await loopback.session(() => true);
      const { pools, departed: _, ...rest } = loopback.balancer.stats();
      const short = pools.map(({ name, usable }) => ({ name, usable }));
      assert.deepEqual(loopback.balancer.summary(), { ...rest, pools: short });
    }),
  );
});
