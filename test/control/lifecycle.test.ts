import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { echo } from "../support/behaviours.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { connectPeer } from "../support/peer.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { startRefuser } from "../support/refuser.ts";
import { createLoopback, NO_PROBES, onePool, startLoopback } from "./loopback.ts";

const folder = makeTemporaryFolder("lifecycle");
after(() => rmSync(folder, { recursive: true }));

/** The lines of a log. */
function linesOf(path: string): Record<string, unknown>[] {
  return readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** That nobody listens there. */
async function assertRefused(port: number): Promise<void> {
  await assert.rejects(connectPeer({ port }), { code: "ECONNREFUSED" });
}

describe("start", () => {
  it(
    "listens on every address, and says where: with the port that 0 became",
    withoutLeaks(async () => {
      const path = join(folder, "start.sock");
      const listeners = {
        web: { listen: ["127.0.0.1:0", "127.0.0.2:0", `unix:${path}`] },
        more: { listen: "localhost:0" },
      };
      await using server = await startPeerServer((peer) => peer.finish("hello"));
      await using loopback = createLoopback({
        listeners,
        pools: { web: { ...NO_PROBES, backends: [server.address] } },
        lookup: async () => ["127.0.0.1"],
      });
      const { balancer } = loopback;
      assert.deepEqual(balancer.addresses(), []);
      assert.equal(balancer.stats().state, "new");
      await balancer.start();
      assert.equal(balancer.stats().state, "running");
      const addresses = balancer.addresses();
      assert.deepEqual(
        addresses.map(({ listener, address, port }) => [listener, address.replace(`:${port}`, ":PORT"), port !== 0]),
        [
          ["web", "127.0.0.1:PORT", true],
          ["web", "127.0.0.2:PORT", true],
          ["web", `unix:${path}`, true],
          ["more", "127.0.0.1:PORT", true],
        ],
      );
      assert.equal(addresses[2]?.port, null);
      const [one = 0, two = 0, , more = 0] = addresses.map(({ port }) => port ?? 0);
      for (const target of [{ port: one }, { port: two, host: "127.0.0.2" }, { path }, { port: more }]) {
        const client = await connectPeer(target);
        await client.finish();
        assert.equal((await client.ended()).byteCount, 5);
      }
      await balancer.close();
      assert.deepEqual(balancer.addresses(), []);
      assert.equal(existsSync(path), false);
    }),
  );

  it(
    "refuses a second time, and after close",
    withoutLeaks(async () => {
      await using loopback = await startLoopback(onePool([]));
      const { balancer } = loopback;
      await assert.rejects(balancer.start(), { code: "LB_CLOSED" });
      assert.equal(balancer.stats().state, "running");
      await balancer.close();
      await assert.rejects(balancer.start(), { code: "LB_CLOSED" });
      assert.equal(balancer.stats().state, "closed");
    }),
  );

  it(
    "fails on a port that is taken, and then nothing listens any more",
    withoutLeaks(async () => {
      await using taken = await startPeerServer();
      // Free for a listener, and for nobody else.
      await using free = await startRefuser();
      const { port } = free;
      const options = onePool(["127.0.0.1:1", "a.internal:80"], { probe: {} }, { lookup: async () => ["127.0.0.1"] });
      await using loopback = createLoopback({
        ...options,
        listeners: { web: { listen: [`127.0.0.1:${port}`, taken.address] } },
      });
      const { balancer, clock } = loopback;
      await assert.rejects(balancer.start(), {
        code: "LB_ADDRESS_IN_USE",
        message: new RegExp(`^cannot listen on ${taken.address}: the address is in use; `),
      });
      await assertRefused(port);
      assert.deepEqual(balancer.addresses(), []);
      assert.equal(balancer.stats().state, "closed");
      assert.equal(clock.pendingTimers, 0, "nothing is probed or looked up");
    }),
  );

  it(
    "fails for a listener's name that does not resolve, or not in time",
    withoutLeaks(async () => {
      const listeners = { web: { listen: "lb.internal:0" } };
      const failing = createLoopback({ ...onePool([]), listeners, lookup: async () => [] });
      await assert.rejects(failing.balancer.start(), { code: "LB_ADDRESS_UNKNOWN", message: /\(no address\)/ });

      const hanging = createLoopback({ ...onePool([]), listeners, lookup: () => new Promise(() => {}) });
      const started = assert.rejects(hanging.balancer.start(), {
        code: "LB_ADDRESS_UNKNOWN",
        message: /\(no answer in time\)/,
      });
      await nextTurn();
      hanging.clock.advance(5_000);
      await started;
    }),
  );

  it(
    "waits 2 s for lookups and then listens without them",
    withoutLeaks(async () => {
      await using loopback = createLoopback(onePool(["a.internal:80"], {}, { lookup: () => new Promise(() => {}) }));
      const { balancer, clock } = loopback;
      const started = balancer.start();
      await nextTurn();
      clock.advance(1_999);
      await nextTurn();
      assert.equal(balancer.stats().state, "starting");
      clock.advance(1);
      await started;
      assert.equal(balancer.addresses().length, 1);
    }),
  );

  it(
    "says what it does",
    withoutLeaks(async () => {
      const output = join(folder, "start.log");
      const options = onePool([{ address: "127.0.0.1:1", name: "a" }], {}, { log: { output } });
      await using loopback = await startLoopback(options);
      const { port } = loopback;
      await loopback.balancer.close();
      assert.deepEqual(
        linesOf(output).map(({ event, message }) => [event, message]),
        [
          ["configured", "Configured backend web/a at 127.0.0.1:1"],
          ["capacity", `At most ${loopback.balancer.stats().sessions.limit} sessions at once`],
          ["listening", `Listening on 127.0.0.1:${port}`],
          ["stopped", "Stopped: 0 sessions finished, 0 reset"],
        ],
      );
    }),
  );
});

describe("close", () => {
  it(
    "is the same for everybody who calls it",
    withoutLeaks(async () => {
      const { balancer } = await startLoopback(onePool([]));
      const first = balancer.close();
      assert.equal(balancer.close({ graceMs: 1_000 }), first);
      assert.deepEqual(await first, { finished: 0, reset: 0 });
      assert.equal(balancer.close(), first);
      balancer.destroy();
    }),
  );

  it(
    "may come before the start",
    withoutLeaks(async () => {
      const { balancer } = createLoopback(onePool(["127.0.0.1:1"], { probe: {} }));
      assert.deepEqual(await balancer.close(), { finished: 0, reset: 0 });
      await assert.rejects(balancer.start(), { code: "LB_CLOSED" });
    }),
  );

  it(
    "may come during the start, which then ends without listening",
    withoutLeaks(async () => {
      // Wherever in its course that is: after so many ticks, and then so many promises.
      for (const ticks of [0, 1, 2, 3, 4, 5]) {
        for (let promises = 0; promises < 25; promises++) {
          const { balancer, clock } = createLoopback({
            listeners: { web: { listen: ["127.0.0.1:0", `unix:${join(folder, "during.sock")}`, "localhost:0"] } },
            pools: { web: { backends: ["127.0.0.1:1", "a.internal:80"] } },
            lookup: async () => ["127.0.0.1"],
          });
          const started = balancer.start();
          for (let tick = 0; tick < ticks; tick++) await new Promise<void>((resolve) => process.nextTick(resolve));
          for (let promise = 0; promise < promises; promise++) await Promise.resolve();
          await balancer.close();
          await started;
          assert.deepEqual(balancer.addresses(), [], `after ${ticks} ticks and ${promises} promises`);
          assert.equal(balancer.stats().state, "closed");
          assert.equal(clock.pendingTimers, 0);
        }
      }
    }),
  );

  it(
    "does not wait for a lookup that hangs",
    withoutLeaks(async () => {
      const { balancer } = createLoopback(onePool(["a.internal:80"], {}, { lookup: () => new Promise(() => {}) }));
      const started = balancer.start();
      await nextTurn();
      await balancer.close();
      await started;
    }),
  );

  it(
    "lets sessions finish and resets the rest, and counts both exactly",
    withoutLeaks(async () => {
      await using server = await startPeerServer(echo);
      await using loopback = await startLoopback(onePool([server.address]));
      const { balancer, clock, port } = loopback;
      const clients = [];
      for (let count = 0; count < 7; count++) clients.push(await loopback.connect());
      for (const client of clients) {
        await client.send("word");
        await client.received(4);
      }
      const closed = balancer.close({ graceMs: 25_000 });
      await nextTurn();
      assert.equal(balancer.stats().state, "closing");
      await assertRefused(port);
      for (const client of clients.slice(0, 3)) {
        await client.send("last");
        assert.equal((await client.received(8)).toString(), "wordlast");
        await client.finish();
        assert.equal((await client.ended()).how, "finished");
      }
      await loopback.session(() => loopback.sessions.length === 3);
      clock.advance(25_000);
      assert.deepEqual(await closed, { finished: 3, reset: 4 });
      for (const client of clients.slice(3)) assert.equal((await client.ended()).how, "reset");
      const ends = loopback.sessions.map(({ end }) => end);
      assert.deepEqual(ends, [...Array(3).fill("client-finished"), ...Array(4).fill("shutdown")]);
      assert.deepEqual(balancer.stats().listeners[0]?.ends, { "client-finished": 3, shutdown: 4 });
      assert.equal(balancer.stats().sessions.active, 0);
      assert.equal(balancer.stats().pools[0]?.backends[0]?.active, 0);
    }),
  );

  it(
    "ends as soon as the last session has finished",
    withoutLeaks(async () => {
      await using server = await startPeerServer(echo);
      await using loopback = await startLoopback(onePool([server.address]));
      const client = await loopback.connect();
      await client.send("word");
      await client.received(4);
      const closed = loopback.balancer.close({ graceMs: 25_000 });
      await client.finish();
      assert.deepEqual(await closed, { finished: 1, reset: 0 });
    }),
  );

  it(
    "resets at once without a grace",
    withoutLeaks(async () => {
      await using server = await startPeerServer(echo);
      await using loopback = await startLoopback(onePool([server.address]));
      const client = await loopback.connect();
      await server.next();
      assert.deepEqual(await loopback.balancer.close(), { finished: 0, reset: 1 });
      assert.equal((await client.ended()).how, "reset");
    }),
  );

  it(
    "goes on accepting for the delay",
    withoutLeaks(async () => {
      await using server = await startPeerServer(echo);
      await using loopback = await startLoopback(onePool([server.address]));
      const { balancer, clock, port } = loopback;
      const closed = balancer.close({ delayMs: 5_000 });
      await loopback.visit();
      assert.equal(balancer.addresses().length, 1);
      clock.advance(4_999);
      await loopback.visit();
      await loopback.session(() => loopback.sessions.length === 2);
      clock.advance(1);
      assert.deepEqual(await closed, { finished: 0, reset: 0 });
      await assertRefused(port);
    }),
  );

  it(
    "writes everything out before it ends",
    withoutLeaks(async () => {
      const output = join(folder, "close.log");
      await using server = await startPeerServer(echo);
      await using loopback = await startLoopback(onePool([server.address], {}, { log: { output } }));
      for (let count = 0; count < 20; count++) {
        await loopback.connect();
        await server.next();
      }
      await loopback.balancer.close();
      const lines = linesOf(output);
      assert.equal(lines.filter(({ event, end }) => event === "session" && end === "shutdown").length, 20);
      const last = lines.at(-1);
      assert.deepEqual([last?.["event"], last?.["finished"], last?.["reset"]], ["stopped", 0, 20]);
      assert.equal(loopback.balancer.stats().logLinesDropped, 0);
    }),
  );

  it(
    "says what the alarms have held back",
    withoutLeaks(async () => {
      const output = join(folder, "alarms.log");
      const policy = (): never => {
        throw new Error("out of luck");
      };
      await using loopback = await startLoopback(onePool(["127.0.0.1:1"], { policy }, { log: { output } }));
      for (let count = 0; count < 3; count++) await loopback.visitInVain();
      await loopback.session(() => loopback.sessions.length === 3);
      await loopback.balancer.close();
      assert.equal(loopback.clock.pendingTimers, 0);
      const counts = linesOf(output).flatMap(({ event, count }) => (event === "internal" ? count : []));
      assert.deepEqual(counts, [1, 2]);
    }),
  );
});

describe("destroy", () => {
  it(
    "cuts the delay short",
    withoutLeaks(async () => {
      await using server = await startPeerServer(echo);
      await using loopback = await startLoopback(onePool([server.address]));
      const client = await loopback.connect();
      await server.next();
      const closed = loopback.balancer.close({ delayMs: 3_600_000, graceMs: 3_600_000 });
      await nextTurn();
      loopback.balancer.destroy();
      assert.deepEqual(await closed, { finished: 0, reset: 1 });
      assert.equal((await client.ended()).how, "reset");
      assert.equal(loopback.clock.pendingTimers, 0);
    }),
  );

  it(
    "cuts the grace short",
    withoutLeaks(async () => {
      await using server = await startPeerServer(echo);
      await using loopback = await startLoopback(onePool([server.address]));
      await loopback.connect();
      await server.next();
      const closed = loopback.balancer.close({ graceMs: 3_600_000 });
      await nextTurn();
      assert.equal(loopback.sessions.length, 0);
      loopback.balancer.destroy();
      assert.deepEqual(await closed, { finished: 0, reset: 1 });
    }),
  );

  it(
    "ends what nobody has closed",
    withoutLeaks(async () => {
      const { balancer, port } = await startLoopback(onePool([]));
      balancer.destroy();
      assert.deepEqual(await balancer.close(), { finished: 0, reset: 0 });
      await assertRefused(port);
    }),
  );
});
