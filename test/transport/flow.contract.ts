import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { BYTES_PER_TURN, HELD_BYTES, SPLICED_BYTES_PER_TURN } from "../../src/transport/transport.ts";
import { meanwhile } from "../support/meanwhile.ts";
import { patternedBytes, patternedChunks, patternedSha256 } from "../support/patterned-bytes.ts";
import type { ContractTest } from "./contract-test.ts";
import type { Scene } from "./scene.ts";
import { untilStill } from "./stillness.ts";
import type { WorldPeer } from "./world.ts";

// A relay holds what it has read and could not write.
const RELAY_HOLDS_BYTES: number = HELD_BYTES;
const SMALL_PIECES_BYTES = 1_500_000;
const ECHOES = 200;
// Client, transport, server, transport, client: a turn each, and one more each where two of them share a loop and the
// order in which it serves them is the wrong one.
const TURNS_PER_ECHO = 8;

export function describeFlow(test: ContractTest): void {
  for (const family of ["ipv4", "unix"] as const) {
    for (const slow of ["client", "backend"] as const) {
      test(`hold little for a ${slow} over ${family} that never reads`, async (scene) => {
        const pair = await scene.pair({ client: family, backend: family, paused: slow });
        const fast = slow === "client" ? pair.backend : pair.client;
        const sent = sendForEver(fast, 1);
        const onTheWay = 2 * scene.world.bufferBytes(family);
        const most = onTheWay + RELAY_HOLDS_BYTES + scene.world.readAheadBytes;
        await untilStill(scene.world, () => fast.sentCount - pair[slow].byteCount, most);
        const received = slow === "client" ? pair.relay.bytesDown : pair.relay.bytesUp;
        const held = received - pair[slow].byteCount - scene.world.bufferBytes(family);
        assert.ok(held <= RELAY_HOLDS_BYTES, `${held} bytes are held`);
        await arriveAndStop(scene, pair[slow], 10_000_000);
        fast.reset();
        await sent;
      });
    }
  }

  test("keep apart what many slow readers have still to take of small pieces", async (scene) => {
    const pairs = await Promise.all(
      Array.from({ length: 5 }, () => scene.pair({ client: "unix", backend: "unix", paused: "client" })),
    );
    // Different sizes, so that they get stuck at different times while the others go on.
    const sent = pairs.map(({ backend }, index) => sendPieces(backend, index, 3_000 + 100 * index));
    for (const { client } of pairs) {
      for (let rounds = 0; rounds < 5; rounds++) await scene.world.settle();
      client.resume();
    }
    await Promise.all(sent);
    for (const [index, { client }] of pairs.entries()) {
      const end = await client.ended();
      assert.deepEqual([end.how, end.sha256], ["finished", patternedSha256(index, SMALL_PIECES_BYTES)]);
    }
  });

  test("carry a direction whose other one is stuck", async (scene) => {
    const { client, backend } = await scene.pair({ paused: "backend" });
    const sent = sendForEver(client, 1);
    await scene.world.settle();
    await backend.sendAll(patternedChunks(2, 10_000_000));
    await backend.finish();
    const end = await client.ended();
    assert.deepEqual([end.how, end.sha256], ["finished", patternedSha256(2, 10_000_000)]);
    client.reset();
    await sent;
  });

  test("carry on whenever a reader that stops starts again", async (scene) => {
    const { client, backend } = await scene.pair();
    const size = 20_000_000;
    const sent = meanwhile(backend.sendAll(patternedChunks(3, size)).then(() => backend.finish()));
    for (let stops = 1; stops <= 10; stops++) {
      await client.received(Math.min(stops * 1_000, 60_000));
      client.pause();
      await scene.world.settle();
      client.resume();
      await scene.world.settle();
    }
    const end = await client.ended();
    assert.deepEqual([end.how, end.sha256], ["finished", patternedSha256(3, size)]);
    await sent;
  });

  for (const direction of ["up", "down"] as const) {
    test(`answer others while a bulk stream goes ${direction}`, async (scene) => {
      const bulk = await scene.pair();
      const small = await scene.pair();
      const [from, to] = direction === "up" ? [bulk.client, bulk.backend] : [bulk.backend, bulk.client];
      const sent = sendForEver(from, 4);
      await scene.world.until(() => to.byteCount > 10 * BYTES_PER_TURN, "the stream to flow");
      const mostPerTurn = scene.world.transport.kind === "linux" ? SPLICED_BYTES_PER_TURN : BYTES_PER_TURN;
      const before = to.byteCount;
      for (let echoes = 1; echoes <= ECHOES; echoes++) {
        await small.client.send("?");
        await small.backend.received(echoes);
        await small.backend.send("!");
        await small.client.received(echoes);
      }
      const bytes = to.byteCount - before;
      assert.ok(bytes > 0, "the stream stood still");
      assert.ok(bytes <= ECHOES * TURNS_PER_ECHO * mostPerTurn, `${bytes} bytes went by during ${ECHOES} echoes`);
      from.reset();
      await sent;
      const end = await to.ended();
      assert.deepEqual([end.how, end.sha256], ["reset", patternedSha256(4, end.byteCount)]);
    });
  }

  test("stop a stream that never ends when its reader goes", async (scene) => {
    const { client, backend, observer, relay } = await scene.pair();
    const sent = sendForEver(backend, 5);
    await client.received(1);
    client.reset();
    assert.equal((await backend.ended()).how, "reset");
    await observer.ended();
    assert.deepEqual([relay.failedSide, relay.failure], ["client", "reset"]);
    await sent;
  });
}

/** A piece a turn, so that each is read by itself. */
async function sendPieces(peer: WorldPeer, seed: number, pieceBytes: number): Promise<void> {
  const bytes = patternedBytes(seed, SMALL_PIECES_BYTES);
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    await peer.send(bytes.subarray(start, start + pieceBytes));
    await nextTurn();
  }
  await peer.finish();
}

/** Until the connection breaks. */
function sendForEver(peer: WorldPeer, seed: number): Promise<void> {
  return peer.sendAll(patternedChunks(seed, Number.POSITIVE_INFINITY)).catch(() => {});
}

async function arriveAndStop(scene: Scene, reader: WorldPeer, byteCount: number): Promise<void> {
  reader.resume();
  await scene.world.until(() => reader.byteCount >= byteCount, `${byteCount} bytes`);
}
