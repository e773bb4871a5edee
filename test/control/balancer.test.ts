import assert from "node:assert/strict";
import { readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { PolicyFunction } from "../../src/balance/policy.ts";
import type { BalancerOptions } from "../../src/config/options.ts";
import type { ProbeTarget } from "../../src/config/probe-options.ts";
import { createBalancer } from "../../src/control/balancer.ts";
import { echo } from "../support/behaviours.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { withDeadline } from "../support/deadline.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { connectPeer } from "../support/peer.ts";
import { type PeerServer, startPeerServer } from "../support/peer-server.ts";
import { AT_ONCE_MS, createLoopback, onePool, startLoopback, WITHIN_1_S_MS, WITHIN_5_S_MS } from "./loopback.ts";
import { startTraffic } from "./traffic.ts";

const folder = makeTemporaryFolder("balancer");
after(() => rmSync(folder, { recursive: true }));

/** How many clients each server has had. */
function visits(...servers: readonly PeerServer[]): number[] {
  return servers.map(({ peers }) => peers.length);
}

describe("createBalancer", () => {
  it(
    "balances, on the system's clock",
    withoutLeaks(async () => {
      await using one = await startPeerServer(echo);
      await using other = await startPeerServer(echo);
      const balancer = createBalancer(onePool([one.address, other.address], { policy: "round-robin" }));
      await balancer.start();
      const port = balancer.addresses()[0]?.port ?? 0;
      for (let count = 0; count < 4; count++) {
        const client = await connectPeer({ port });
        await client.finish("word");
        assert.equal((await client.ended()).byteCount, 4);
      }
      assert.deepEqual(visits(one, other), [2, 2]);
      await balancer.close({ graceMs: 5_000 });
    }),
  );

  it("refuses options that make no sense, with all problems at once", () => {
    const options = { listeners: { web: { listen: "nowhere" } }, pools: { web: { backends: ["10.0.0.1"] } } };
    assert.throws(() => createBalancer(options), {
      code: "LB_CONFIG",
      message: /listeners\.web\.listen[\s\S]*pools\.web/,
    });
  });

  it("refuses a log that can't be written", () => {
    const log = { output: join(folder, "none", "lb.log") };
    assert.throws(() => createBalancer(onePool([], {}, { log })), { code: "LB_LOG_OUTPUT" });
  });

  it(
    "does nothing before its start",
    withoutLeaks(async () => {
      const lookup = (): never => assert.fail("looked up before the start");
      const { balancer, clock } = createLoopback(onePool(["a.internal:80", "127.0.0.1:1"], { probe: {} }, { lookup }));
      await nextTurn();
      assert.equal(clock.pendingTimers, 0);
      assert.deepEqual(balancer.addresses(), []);
    }),
  );

  it(
    "closes itself at the end of its scope",
    withoutLeaks(async () => {
      let port = 0;
      {
        await using balancer = createBalancer(onePool([]));
        await balancer.start();
        port = balancer.addresses()[0]?.port ?? 0;
      }
      await assert.rejects(connectPeer({ port }), { code: "ECONNREFUSED" });
    }),
  );
});

describe("Balancer.pool", () => {
  it("refuses a name that it does not have, and says which it has", () => {
    const { balancer } = createLoopback(onePool([]));
    assert.equal(balancer.pool("web").name, "web");
    assert.throws(() => balancer.pool("api"), {
      code: "LB_UNKNOWN_POOL",
      message: 'there is no pool "api"; there are: web',
    });
  });

  it(
    "changes under traffic without a failed connection",
    withoutLeaks(async () => {
      await using a = await startPeerServer(echo);
      await using b = await startPeerServer(echo);
      await using c = await startPeerServer(echo);
      await using loopback = await startLoopback(onePool([{ address: a.address, name: "a" }]));
      const pool = loopback.balancer.pool("web");
      const traffic = startTraffic(loopback.visit);
      await traffic.more(20);
      pool.add({ address: b.address, name: "b" });
      await traffic.more(20);
      assert.ok(b.peers.length > 0);
      pool.drain("a");
      await traffic.more(4);
      const drained = a.peers.length;
      await traffic.more(20);
      assert.equal(a.peers.length, drained, "no new sessions");
      pool.ready("a");
      pool.weigh("b", 0);
      await traffic.more(4);
      const weightless = b.peers.length;
      await traffic.more(20);
      assert.ok(a.peers.length > drained);
      assert.equal(b.peers.length, weightless);
      pool.add({ address: c.address, name: "c" });
      pool.remove("a");
      pool.remove("b");
      await traffic.more(20);
      assert.ok(c.peers.length >= 16);
      assert.deepEqual(await traffic.stop(), []);
      assert.deepEqual(
        loopback.backendEvents.map(({ event, backend }) => [event, backend]),
        [
          ["added", "web/b"],
          ["added", "web/c"],
          ["removed", "web/a"],
          ["removed", "web/b"],
        ],
      );
    }),
  );

  it(
    "lets the sessions of a removed backend finish",
    withoutLeaks(async () => {
      await using server = await startPeerServer(echo);
      await using loopback = await startLoopback(onePool([{ address: server.address, name: "a" }]));
      const client = await loopback.connect();
      await client.send("word");
      await client.received(4);
      loopback.balancer.pool("web").remove("a");
      await client.send("word");
      await client.received(8);
      await client.finish();
      assert.equal((await client.ended()).how, "finished");
      await loopback.visitInVain();
      assert.equal((await loopback.session(({ end }) => end === "no-backend")).error, noBackend);
    }),
  );
});

const noBackend = "the pool has no backend, or its names do not resolve";

describe("Balancer events", () => {
  it(
    "hand each listener the record of a session, typed",
    withoutLeaks(async () => {
      await using server = await startPeerServer(echo);
      await using loopback = await startLoopback(onePool([{ address: server.address, name: "a" }]));
      const { balancer } = loopback;
      const once: string[] = [];
      const never = (): never => assert.fail("it was taken away");
      balancer.once("session", ({ end }) => once.push(end));
      balancer.on("session", never);
      balancer.off("session", never);
      await loopback.visit();
      await loopback.visit();
      const record = await loopback.session(() => loopback.sessions.length === 2);
      assert.deepEqual(once, ["client-finished"]);
      const { listener, pool, backend, backendAddress, bytesUp, bytesDown, attempts, end } = record;
      assert.deepEqual(
        { listener, pool, backend, backendAddress, bytesUp, bytesDown, attempts, end },
        {
          listener: "web",
          pool: "web",
          backend: "web/a",
          backendAddress: server.address,
          bytesUp: 4,
          bytesDown: 4,
          attempts: 1,
          end: "client-finished",
        },
      );
    }),
  );

  it(
    "say when a backend changed, and when that was",
    withoutLeaks(async () => {
      await using server = await startPeerServer(echo);
      const options = onePool([{ address: server.address, name: "a" }], { probe: {} });
      await using loopback = await startLoopback(options);
      loopback.clock.advance(AT_ONCE_MS);
      assert.deepEqual(await loopback.backendEvent(() => true), {
        event: "up",
        pool: "web",
        backend: "web/a",
        address: server.address,
        reason: "probe: ok",
        at: "2026-01-01T00:00:00.001Z",
      });
    }),
  );
});

describe("Balancer.reopenLog", () => {
  it(
    "goes on in a new file",
    withoutLeaks(async () => {
      const output = join(folder, "reopen.log");
      await using loopback = await startLoopback(onePool([], {}, { log: { output } }));
      renameSync(output, `${output}.1`);
      loopback.balancer.reopenLog();
      await loopback.balancer.close();
      assert.match(readFileSync(output, "utf8"), /"event":"stopped"/);
    }),
  );
});

describe("a policy of the user's own", () => {
  it(
    "picks by name and address",
    withoutLeaks(async () => {
      await using a = await startPeerServer(echo);
      await using b = await startPeerServer(echo);
      const shown: unknown[] = [];
      const policy: PolicyFunction = (candidates, client) => {
        shown.push([candidates.map(({ name, address }) => [name, address]), client]);
        return candidates.find(({ name }) => name === "b") ?? assert.fail("b was not offered");
      };
      const backends = [
        { address: a.address, name: "a" },
        { address: b.address, name: "b" },
      ];
      await using loopback = await startLoopback(onePool(backends, { policy }));
      await loopback.visit();
      await loopback.visit();
      assert.deepEqual(visits(a, b), [0, 2]);
      assert.deepEqual(shown[0], [
        [
          ["a", a.address],
          ["b", b.address],
        ],
        { address: "127.0.0.1" },
      ]);
    }),
  );

  it(
    "ends the session as internal when it throws, and counts nothing",
    withoutLeaks(async () => {
      await using server = await startPeerServer(echo);
      const policy = (): never => {
        throw new Error("out of luck");
      };
      await using loopback = await startLoopback(onePool([server.address], { policy }));
      await loopback.visitInVain();
      const { end, error } = await loopback.session(() => true);
      assert.deepEqual([end, error], ["internal", "out of luck"]);
      const { sessions, pools } = loopback.balancer.stats();
      assert.deepEqual([sessions.active, pools[0]?.backends[0]?.active], [0, 0]);
    }),
  );
});

describe("a probe of the user's own", () => {
  it(
    "decides who serves",
    withoutLeaks(async () => {
      await using a = await startPeerServer(echo);
      await using b = await startPeerServer(echo);
      const well = new Map([
        ["a", false],
        ["b", true],
      ]);
      const targets: ProbeTarget[] = [];
      const type = async (target: ProbeTarget): Promise<void> => {
        targets.push(target);
        if (well.get(target.name) !== true) throw new Error("status 503");
      };
      const backends = [
        { address: a.address, name: "a" },
        { address: b.address, name: "b" },
      ];
      await using loopback = await startLoopback(onePool(backends, { probe: { type, rise: 1 } }));
      loopback.clock.advance(AT_ONCE_MS);
      const down = await loopback.backendEvent(({ event }) => event === "down");
      assert.deepEqual([down.backend, down.reason], ["web/a", "probe: status 503"]);
      assert.deepEqual(targets[0], { pool: "web", name: "a", address: a.address });
      for (let count = 0; count < 3; count++) await loopback.visit();
      assert.deepEqual(visits(a, b), [0, 3]);
      well.set("a", true);
      loopback.clock.advance(WITHIN_5_S_MS);
      await loopback.backendEvent(({ event, backend }) => event === "up" && backend === "web/a");
      for (let count = 0; count < 2; count++) await loopback.visit();
      assert.ok(a.peers.length > 0);
    }),
  );

  it(
    "that ignores its signal blocks nobody",
    withoutLeaks(async () => {
      const asked: string[] = [];
      const type = ({ name }: ProbeTarget): Promise<void> => {
        asked.push(name);
        return new Promise(() => {});
      };
      await using loopback = await startLoopback(onePool(["127.0.0.1:1"], { probe: { type } }));
      loopback.clock.advance(AT_ONCE_MS + 2_000);
      const { reason } = await loopback.backendEvent(({ event }) => event === "down");
      assert.equal(reason, "probe: no answer within 2s");
      loopback.clock.advance(WITHIN_1_S_MS);
      assert.equal(asked.length, 2);
      await loopback.balancer.close();
      assert.equal(loopback.clock.pendingTimers, 0);
    }),
  );
});

describe("the library's promise", () => {
  it("is kept by what the index exports", async () => {
    const index = await import("../../src/index.ts");
    assert.deepEqual(
      Object.keys(index).sort((one, other) => one.localeCompare(other)),
      ["createAdmin", "createBalancer", "endReasons", "ends", "LbError"],
    );
    const options: BalancerOptions = onePool([]);
    await using balancer = index.createBalancer(options);
    await withDeadline(balancer.start(), () => "a start");
  });
});
