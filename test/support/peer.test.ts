import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { systemCode } from "../../src/errors.ts";
import { withoutLeaks } from "./leaks.ts";
import { patternedBytes, patternedChunks, patternedSha256, sha256 } from "./patterned-bytes.ts";
import { connectPeer, type Peer } from "./peer.ts";
import { startPeerServer } from "./peer-server.ts";
import { startRefuser } from "./refuser.ts";

/** Runs `body` with both ends of one connection. */
function withPair(body: (client: Peer, server: Peer) => Promise<void>): () => Promise<void> {
  return async () => {
    await using listening = await startPeerServer();
    const client = await connectPeer({ port: listening.port });
    try {
      await body(client, await listening.next());
    } finally {
      client.reset();
      await client.closed();
    }
  };
}

describe("Peer", () => {
  it(
    "tells what came and that it was finished, and the other direction stays open",
    withoutLeaks(
      withPair(async (client, server) => {
        await client.send("hello, ");
        await client.finish("world");
        const end = await server.ended();
        assert.deepEqual(
          { ...end, first: end.first.toString(), last: end.last.toString() },
          {
            how: "finished",
            code: undefined,
            byteCount: 12,
            sha256: sha256("hello, world"),
            first: "hello, world",
            last: "hello, world",
          },
        );
        await server.finish("goodbye");
        assert.equal((await client.ended()).first.toString(), "goodbye");
        await Promise.all([client.closed(), server.closed()]);
      }),
    ),
  );

  it(
    "counts and hashes more than it keeps",
    withoutLeaks(
      withPair(async (client, server) => {
        const byteCount = 3_000_001;
        await client.sendAll(patternedChunks(1, byteCount));
        await client.finish();
        const end = await server.ended();
        assert.deepEqual([end.how, end.byteCount, end.sha256], ["finished", byteCount, patternedSha256(1, byteCount)]);
        const sent = patternedBytes(1, byteCount);
        assert.deepEqual(end.first, sent.subarray(0, 65_536));
        assert.deepEqual(end.last, sent.subarray(-1_024));
      }),
    ),
  );

  it(
    "resets with an RST and no FIN before it",
    withoutLeaks(
      withPair(async (client, server) => {
        client.reset();
        const end = await server.ended();
        assert.deepEqual([end.how, end.code, end.byteCount], ["reset", "ECONNRESET", 0]);
        assert.equal((await client.ended()).how, "closed");
      }),
    ),
  );

  it(
    "leaves nothing open when it resets while its FIN is on its way",
    withoutLeaks(async () => {
      for (let ticks = 0; ticks < 5; ticks++) {
        await withPair(async (client, server) => {
          const finished = client.finish().catch(() => {});
          for (let tick = 0; tick < ticks; tick++) await new Promise<void>((resolve) => process.nextTick(resolve));
          client.reset();
          await Promise.all([finished, client.closed(), server.ended()]);
        })();
      }
    }),
  );

  // Node 20 and 22 report a clean end when both arrive in one turn; paused, they always do.
  for (const isFinished of [false, true]) {
    it(
      `tells a reset from an end that arrives together with data${isFinished ? ", after its own FIN too" : ""}`,
      withoutLeaks(async () => {
        for (const breaks of [true, false]) {
          await withPair(async (client, server) => {
            client.pause();
            if (isFinished) {
              await client.finish();
              assert.equal((await server.ended()).how, "finished");
            }
            await server.send("the last words");
            if (breaks) server.reset();
            else await server.finish();
            client.resume();
            const end = await client.ended();
            assert.deepEqual([end.how, end.first.toString()], [breaks ? "reset" : "finished", "the last words"]);
          })();
        }
      }),
    );
  }

  it(
    "takes ends that cross each other for clean ones",
    withoutLeaks(async () => {
      for (let round = 0; round < 10; round++) {
        await withPair(async (client, server) => {
          await Promise.all([client.finish("up"), server.finish("down")]);
          assert.deepEqual([(await client.ended()).how, (await server.ended()).how], ["finished", "finished"]);
        })();
      }
    }),
  );

  it(
    "reads nothing while it is paused from the start",
    withoutLeaks(async () => {
      await using listening = await startPeerServer(() => {}, { paused: true });
      const client = await connectPeer({ port: listening.port, paused: true });
      const server = await listening.next();
      await Promise.all([client.send("up"), server.send("down")]);
      for (let turn = 0; turn < 100; turn++) await nextTurn();
      assert.deepEqual([client.socket.bytesRead, server.socket.bytesRead], [0, 0]);
      client.resume();
      server.resume();
      await Promise.all([client.received(4), server.received(2)]);
      client.reset();
    }),
  );

  it(
    "gives received bytes as soon as there are enough, and says why there never will be",
    withoutLeaks(
      withPair(async (client, server) => {
        const received = server.received(4);
        await client.send("ab");
        await client.send("cd");
        assert.equal((await received).toString(), "abcd");
        const more = server.received(10);
        await client.finish("ef");
        await assert.rejects(more, /finished after 6 of 10 bytes/);
      }),
    ),
  );

  it(
    "rejects a send when the connection is broken",
    withoutLeaks(
      withPair(async (client, server) => {
        server.reset();
        await client.ended();
        await assert.rejects(client.send("too late"));
      }),
    ),
  );
});

describe("connectPeer", () => {
  it(
    "rejects with the system's error",
    withoutLeaks(async () => {
      await using refuser = await startRefuser();
      await assert.rejects(connectPeer({ port: refuser.port }), (error) => systemCode(error) === "ECONNREFUSED");
    }),
  );

  it(
    "connects from the address it is told to",
    withoutLeaks(async () => {
      await using listening = await startPeerServer();
      const client = await connectPeer({ port: listening.port, localAddress: "127.0.0.7" });
      assert.equal((await listening.next()).socket.remoteAddress, "127.0.0.7");
      client.reset();
    }),
  );
});
