import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { systemClock } from "../../src/clock.ts";
import type { ProbeResult } from "../../src/probe/result.ts";
import { probeTcp } from "../../src/probe/tcp.ts";
import type { SocketAddress } from "../../src/wire/address.ts";
import { startBlackHole } from "../support/black-hole.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { startRefuser } from "../support/refuser.ts";

const never: AbortSignal = new AbortController().signal;

function loopback(port: number): SocketAddress {
  return { kind: "ip", ip: "127.0.0.1", port };
}

/** Waits until the socket has gone, and its timer with it. */
async function settled(clock: FakeClock): Promise<void> {
  for (let turn = 0; turn < 1_000 && clock.pendingTimers > 0; turn++) await nextTurn();
  assert.equal(clock.pendingTimers, 0);
}

function probe(address: SocketAddress, signal: AbortSignal = never): Promise<ProbeResult> {
  return probeTcp(address, systemClock, signal);
}

describe("probeTcp", () => {
  it(
    "is content with an accepted connection, and leaves it with a FIN",
    withoutLeaks(async () => {
      await using server = await startPeerServer((peer) => peer.ended().then(() => peer.finish()));
      const clock = createFakeClock();
      assert.deepEqual(await probeTcp(loopback(server.port), clock, never), { kind: "ok" });
      const peer = await server.next();
      const { how, byteCount } = await peer.ended();
      assert.deepEqual({ how, byteCount }, { how: "finished", byteCount: 0 });
      await peer.closed();
      await settled(clock);
    }),
  );

  for (const [version, expected] of [
    ["v1", Buffer.from("PROXY UNKNOWN\r\n")],
    ["v2", Buffer.from("0d0a0d0a000d0a515549540a20000000", "hex")],
  ] as const) {
    it(
      `says by a header of ${version} that it is on nobody's behalf`,
      withoutLeaks(async () => {
        await using server = await startPeerServer((peer) => peer.ended().then(() => peer.finish()));
        const clock = createFakeClock();
        assert.deepEqual(await probeTcp(loopback(server.port), clock, never, version), { kind: "ok" });
        const peer = await server.next();
        assert.deepEqual(await peer.received(expected.length), expected);
        await peer.closed();
        await settled(clock);
      }),
    );
  }

  it(
    "leaves with a FIN too where the server speaks first",
    withoutLeaks(async () => {
      await using server = await startPeerServer(async (peer) => {
        // More than anybody reads who does not want it.
        await peer.send(Buffer.alloc(500_000));
        await peer.ended();
        await peer.finish("221 bye\r\n");
      });
      const clock = createFakeClock();
      assert.deepEqual(await probeTcp(loopback(server.port), clock, never), { kind: "ok" });
      const peer = await server.next();
      assert.equal((await peer.ended()).how, "finished");
      await peer.closed();
      await settled(clock);
    }),
  );

  it(
    "does not wait for ever for a server that keeps its end open",
    withoutLeaks(async () => {
      await using server = await startPeerServer();
      const clock = createFakeClock();
      assert.deepEqual(await probeTcp(loopback(server.port), clock, never), { kind: "ok" });
      await (await server.next()).ended();
      clock.advance(1_000);
      assert.equal(clock.pendingTimers, 0);
    }),
  );

  it(
    "drops what it left behind when the signal says so",
    withoutLeaks(async () => {
      await using server = await startPeerServer();
      const controller = new AbortController();
      assert.deepEqual(await probe(loopback(server.port), controller.signal), { kind: "ok" });
      await server.next();
      controller.abort();
    }),
  );

  it(
    "gives the system's code where nobody listens",
    withoutLeaks(async () => {
      await using refuser = await startRefuser();
      assert.deepEqual(await probe(loopback(refuser.port)), { kind: "failed", reason: "ECONNREFUSED" });
    }),
  );

  it(
    "gives up a black hole when the signal says so",
    withoutLeaks(async () => {
      await using blackHole = await startBlackHole();
      const controller = new AbortController();
      const result = probe(loopback(blackHole.port), controller.signal);
      controller.abort();
      assert.deepEqual(await result, { kind: "failed", reason: "timeout" });
    }),
  );

  it(
    "probes a unix socket, and says when there is none",
    withoutLeaks(async () => {
      const folder = makeTemporaryFolder("probe");
      const path = join(folder, "backend.sock");
      try {
        assert.deepEqual(await probe({ kind: "unix", path }), { kind: "failed", reason: "ENOENT" });
        await using server = await startPeerServer(undefined, { path });
        assert.deepEqual(await probe({ kind: "unix", path }), { kind: "ok" });
        const peer = await server.next();
        assert.equal((await peer.ended()).how, "finished");
        await peer.finish();
        await peer.closed();
      } finally {
        rmSync(folder, { recursive: true });
      }
    }),
  );

  it("holds nothing against the backend where this machine is short of something", async (context) => {
    // What libuv reports when it gets no descriptor; to run out of them would end the test as well.
    context.mock.method(Socket.prototype, "connect", function (this: Socket) {
      return this.destroy(Object.assign(new Error("connect EMFILE"), { code: "EMFILE" }));
    });
    assert.deepEqual(await probe(loopback(1)), { kind: "inconclusive", reason: "EMFILE" });
  });
});
