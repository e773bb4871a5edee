// What a balancer does about backends that move, vanish and come back: on real sockets, as a user would see it.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { echo } from "../support/behaviours.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { startRefuser } from "../support/refuser.ts";
import { AT_ONCE_MS, type Loopback, onePool, startLoopback, WITHIN_1_S_MS, WITHIN_5_S_MS } from "./loopback.ts";
import { startTraffic } from "./traffic.ts";

describe("a backend's name", () => {
  it(
    "that does not resolve is a backend that is down, and comes up when it does",
    withoutLeaks(async () => {
      await using server = await startPeerServer(echo);
      let answer: readonly string[] = [];
      const options = onePool(
        [{ address: `a.internal:${server.port}`, name: "a" }],
        { probe: {} },
        { lookup: async () => answer },
      );
      await using loopback = await startLoopback(options);
      const down = await loopback.backendEvent(({ event }) => event === "down");
      assert.deepEqual([down.address, down.reason], [null, '"a.internal" does not resolve (no address)']);
      await loopback.visitInVain();
      assert.equal((await loopback.session(() => true)).end, "no-backend");
      answer = ["127.0.0.1"];
      loopback.clock.advance(10_000);
      await loopback.backendEvent(({ event }) => event === "added");
      loopback.clock.advance(AT_ONCE_MS);
      await loopback.backendEvent(({ event }) => event === "up");
      await loopback.visit();
    }),
  );

  it(
    "may move to other addresses under traffic without a failed connection",
    withoutLeaks(async () => {
      await using first = await startPeerServer(echo, { host: "127.0.0.1" });
      await using second = await startPeerServer(echo, { host: "127.0.0.2", port: first.port });
      let answer = ["127.0.0.1"];
      const address = `a.internal:${first.port}`;
      // So short that no dial times out while the clock is moved to the next lookup.
      const resolveIntervalMs = 100;
      const options = onePool([{ address, name: "a" }], { resolveIntervalMs }, { lookup: async () => answer });
      await using loopback = await startLoopback(options);
      const { balancer, clock } = loopback;
      const traffic = startTraffic(loopback.visit);
      const old = await loopback.connect();
      await old.send("word");
      await old.received(4);
      for (const [next, server] of [
        [["127.0.0.2"], second],
        [["127.0.0.1"], first],
        [["127.0.0.1", "127.0.0.2"], second],
      ] as const) {
        await traffic.more(10);
        answer = [...next];
        const before = server.peers.length;
        const events = loopback.backendEvents.length;
        clock.advance(resolveIntervalMs);
        await loopback.backendEvent(() => loopback.backendEvents.length > events);
        await traffic.more(20);
        assert.ok(server.peers.length > before);
        const addresses = balancer.stats().pools[0]?.backends[0]?.addresses.map((one) => one.address);
        assert.deepEqual(
          addresses,
          next.map((ip) => `${ip}:${first.port}`),
        );
      }
      await old.send("word");
      await old.received(8);
      await old.finish();
      assert.equal((await old.ended()).how, "finished");
      assert.deepEqual(await traffic.stop(), []);
      await loopback.session(() => balancer.stats().sessions.active === 0);
      assert.equal(balancer.stats().pools[0]?.backends[0]?.sessions, traffic.served + 1);
    }),
  );

  it(
    "is looked up again when a dial fails",
    withoutLeaks(async () => {
      await using refuser = await startRefuser();
      await using server = await startPeerServer(echo, { host: "127.0.0.2", port: refuser.port });
      let answer = "127.0.0.1";
      let lookups = 0;
      const lookup = async (): Promise<string[]> => {
        lookups++;
        return [answer];
      };
      await using loopback = await startLoopback(onePool([`a.internal:${server.port}`], {}, { lookup }));
      answer = "127.0.0.2";
      await loopback.visitInVain();
      assert.equal((await loopback.session(() => true)).end, "dial-failed");
      assert.equal(lookups, 1);
      loopback.clock.advance(1_000);
      await loopback.backendEvent(({ event }) => event === "removed");
      assert.equal(lookups, 2);
      await loopback.visit();
    }),
  );
});

/** Two backends that refuse, and are known to be down. */
async function startDown(refused: readonly string[]): Promise<Loopback> {
  const loopback = await startLoopback(onePool(refused, { probe: {} }));
  loopback.clock.advance(AT_ONCE_MS);
  await loopback.backendEvent(() => loopback.backendEvents.length === refused.length);
  assert.ok(loopback.backendEvents.every(({ event }) => event === "down"));
  return loopback;
}

describe("a pool without a usable backend", () => {
  it(
    "recovers within a probe's interval of a backend's return, all having been down at the start",
    withoutLeaks(async () => {
      await using one = await startRefuser();
      await using other = await startRefuser();
      await using loopback = await startDown([one.address, other.address]);
      await loopback.visitInVain();
      assert.equal((await loopback.session(() => true)).error, "2 down");
      await using server = await startPeerServer(echo, { port: other.port });
      loopback.clock.advance(WITHIN_1_S_MS);
      const up = await loopback.backendEvent(({ event }) => event === "up");
      assert.equal(up.address, server.address);
      await loopback.visit();
    }),
  );

  it(
    "is probed every second from the moment at which the last one is lost",
    withoutLeaks(async () => {
      let isWell = true;
      let asked = 0;
      const type = async (): Promise<void> => {
        asked++;
        if (!isWell) throw new Error("status 503");
      };
      const options = onePool(["127.0.0.1:1", "127.0.0.1:2"], { probe: { type, fall: 1 } });
      await using loopback = await startLoopback(options);
      const { clock, backendEvents } = loopback;
      clock.advance(AT_ONCE_MS);
      await loopback.backendEvent(() => backendEvents.length === 2);
      isWell = false;
      clock.advance(WITHIN_5_S_MS);
      await loopback.backendEvent(() => backendEvents.length === 4);
      for (let second = 1; second <= 5; second++) {
        asked = 0;
        clock.advance(WITHIN_1_S_MS);
        assert.ok(asked >= 2, `${asked} probes in second ${second}`);
        await nextTurn();
      }
      isWell = true;
      clock.advance(WITHIN_1_S_MS);
      const up = await loopback.backendEvent(() => backendEvents.length > 4);
      assert.equal(up.event, "up", "the first success counts");
    }),
  );
});

describe("a backend that refuses", () => {
  it(
    "is ejected with the third dial, costs no client its connection, and returns by a trial",
    withoutLeaks(async () => {
      await using well = await startPeerServer(echo);
      await using refuser = await startRefuser();
      const backends = [
        { address: refuser.address, name: "ill" },
        { address: well.address, name: "well" },
      ];
      await using loopback = await startLoopback(onePool(backends, { policy: "round-robin" }));
      const { balancer, clock, backendEvents } = loopback;
      for (let count = 0; count < 10; count++) await loopback.visit();
      assert.deepEqual(
        backendEvents.map(({ event, backend, reason }) => [event, backend, reason]),
        [["ejected", "web/ill", "dials failed: ECONNREFUSED"]],
      );
      const status = (): unknown => {
        const [ill] = balancer.stats().pools[0]?.backends ?? [];
        return [ill?.dials.refused, ill?.ejections, ill?.addresses[0]?.state];
      };
      assert.deepEqual(status(), [3, 1, "ejected"]);
      assert.equal(balancer.stats().pools[0]?.usable, 1);
      await using back = await startPeerServer(echo, { port: refuser.port });
      clock.advance(10_000);
      for (let count = 0; count < 4; count++) await loopback.visit();
      assert.equal(backendEvents.at(-1)?.event, "returned");
      assert.deepEqual(status(), [3, 1, "ready"]);
      assert.ok(back.peers.length > 0);
    }),
  );
});
