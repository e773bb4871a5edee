import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  dribble,
  echo,
  finishAfter,
  finishUnderBackpressure,
  finishWith,
  neverEnd,
  neverRead,
  resetAfter,
  resetWith,
} from "./behaviours.ts";
import { withoutLeaks } from "./leaks.ts";
import { patternedBytes, patternedChunks, patternedSha256, sha256 } from "./patterned-bytes.ts";
import { connectPeer, type Peer } from "./peer.ts";
import { type Behaviour, startPeerServer } from "./peer-server.ts";

/** A test body with a client of a server that behaves so. */
function against(
  behave: Behaviour,
  body: (client: Peer, server: Peer) => Promise<void>,
): ReturnType<typeof withoutLeaks> {
  return withoutLeaks(async () => {
    await using listening = await startPeerServer(behave);
    const client = await connectPeer({ port: listening.port });
    try {
      await body(client, await listening.next());
    } finally {
      client.reset();
      await client.closed();
    }
  });
}

/** The behaviour, once the client has sent a byte: who is reset at once may see that as a dial that failed. */
function onDemand(behave: Behaviour): Behaviour {
  return async (peer) => {
    await peer.received(1);
    await behave(peer);
  };
}

describe("echo", () => {
  it(
    "returns all of it and then its FIN",
    against(echo, async (client) => {
      await client.sendAll(patternedChunks(1, 5_000_000));
      await client.finish();
      const end = await client.ended();
      assert.deepEqual([end.how, end.byteCount, end.sha256], ["finished", 5_000_000, patternedSha256(1, 5_000_000)]);
    }),
  );
});

describe("neverRead", () => {
  it(
    "takes no more than the buffers hold",
    against(neverRead, async (client, server) => {
      for (const chunk of patternedChunks(1, 64 * 1024 * 1024)) client.socket.write(chunk);
      for (let turn = 0; turn < 1_000; turn++) await nextTurn();
      assert.ok(client.socket.writableLength > 0);
      assert.ok(server.socket.bytesRead <= 2 * 65_536, `${server.socket.bytesRead} bytes were read`);
    }),
  );
});

describe("resetAfter", () => {
  it(
    "resets once the bytes have come and not before",
    against(resetAfter(10), async (client, server) => {
      await client.send("123456789");
      await server.received(9);
      await client.send("0");
      assert.equal((await client.ended()).how, "reset");
      assert.equal((await server.ended()).byteCount, 10);
    }),
  );

  it(
    "resets at once for 0",
    against(onDemand(resetAfter(0)), async (client) => {
      await client.send("x");
      assert.equal((await client.ended()).how, "reset");
    }),
  );
});

describe("resetWith", () => {
  it(
    "delivers the bytes before the reset",
    against(onDemand(resetWith("half an answ")), async (client) => {
      await client.send("x");
      const end = await client.ended();
      assert.deepEqual([end.how, end.first.toString()], ["reset", "half an answ"]);
    }),
  );
});

describe("dribble", () => {
  it(
    "sends every byte by itself, in order, then its FIN",
    against(dribble(patternedBytes(2, 200)), async (client) => {
      let events = 0;
      client.socket.on("data", () => {
        events += 1;
      });
      const end = await client.ended();
      assert.deepEqual([end.how, end.sha256], ["finished", sha256(patternedBytes(2, 200))]);
      // A busy machine may hand some over together.
      assert.ok(events > 10, `${events} events for 200 bytes`);
    }),
  );
});

describe("finishAfter and finishWith", () => {
  for (const behave of [finishAfter("an answer"), finishWith("an answer")]) {
    it(
      "sends, ends, and still reads",
      against(behave, async (client, server) => {
        const end = await client.ended();
        assert.deepEqual([end.how, end.first.toString()], ["finished", "an answer"]);
        await client.finish("and a question");
        assert.equal((await server.ended()).first.toString(), "and a question");
        await Promise.all([client.closed(), server.closed()]);
      }),
    );
  }
});

describe("finishUnderBackpressure", () => {
  it(
    "keeps its FIN back until the other side has read",
    against(finishUnderBackpressure(3), async (client, server) => {
      client.pause();
      for (let turn = 0; turn < 1_000; turn++) await nextTurn();
      assert.equal(server.socket.writableFinished, false);
      client.resume();
      const end = await client.ended();
      assert.deepEqual([end.how, end.sha256], ["finished", patternedSha256(3, 32 * 1024 * 1024)]);
    }),
  );
});

describe("neverEnd", () => {
  it(
    "sends the pattern until the other side leaves",
    against(neverEnd(4), async (client, server) => {
      assert.deepEqual(await client.received(65_536), patternedBytes(4, 65_536));
      await client.received(10_000_000);
      client.reset();
      assert.equal((await server.ended()).how, "reset");
    }),
  );
});
