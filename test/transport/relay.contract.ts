import assert from "node:assert/strict";
import type { Side } from "../../src/transport/transport.ts";
import { meanwhile } from "../support/meanwhile.ts";
import { patternedBytes, patternedChunks, patternedSha256 } from "../support/patterned-bytes.ts";
import type { ContractTest } from "./contract-test.ts";
import type { Pair } from "./scene.ts";
import type { AddressFamily } from "./world.ts";

const FAMILIES: readonly (readonly [AddressFamily, AddressFamily])[] = [
  ["ipv4", "ipv4"],
  ["ipv6", "ipv6"],
  ["unix", "unix"],
  ["ipv4", "unix"],
  ["unix", "ipv6"],
];
const LARGE_BYTES = 40_000_000;

export function describeRelays(test: ContractTest): void {
  for (const [client, backend] of FAMILIES) {
    test(`carry both directions between ${client} and ${backend}`, async (scene, context) => {
      const missing = [client, backend].find((family) => scene.world.listenAddress(family) === undefined);
      if (missing !== undefined) return context.skip(`this machine has no ${missing}`);
      await carryBothWays(await scene.pair({ client, backend }), 3_000_000);
    });
  }

  test("carry a large transfer both ways at once", async (scene) => {
    await carryBothWays(await scene.pair(), LARGE_BYTES);
  });

  test("carry many pairs without mixing their bytes", async (scene) => {
    const pairs = await Promise.all(Array.from({ length: 20 }, () => scene.pair()));
    await Promise.all(pairs.map((pair, index) => carryBothWays(pair, 200_000 + index, index)));
  });

  test("carry a byte at a time, both ways", async (scene) => {
    const { client, backend, relay, observer } = await scene.pair();
    const bytes = patternedBytes(7, 300);
    for (const byte of bytes) {
      await Promise.all([client.send(Uint8Array.of(byte)), backend.send(Uint8Array.of(byte))]);
      await scene.world.settle();
    }
    await Promise.all([client.finish(), backend.finish()]);
    for (const peer of [client, backend]) {
      const end = await peer.ended();
      assert.deepEqual([end.how, end.sha256], ["finished", patternedSha256(7, 300)]);
    }
    await observer.ended();
    assert.deepEqual([relay.bytesUp, relay.bytesDown], [300, 300]);
  });

  describeHalfClose(test);
  describeFinsBeforeRelay(test);
  describeFacts(test);
}

function describeHalfClose(test: ContractTest): void {
  test("keep the other direction open after a client's FIN", async (scene) => {
    const { client, backend, relay, observer } = await scene.pair();
    await client.finish("question");
    assert.deepEqual((await backend.ended()).how, "finished");
    assert.equal(observer.halfClosed, 1);
    await backend.sendAll(patternedChunks(1, 5_000_000));
    await backend.finish();
    const end = await client.ended();
    assert.deepEqual([end.how, end.sha256], ["finished", patternedSha256(1, 5_000_000)]);
    await observer.ended();
    assertFinished(relay, "client");
    assert.equal(observer.halfClosed, 1);
  });

  test("keep the other direction open after a backend's FIN", async (scene) => {
    const { client, backend, relay, observer } = await scene.pair();
    await backend.finish("greeting");
    assert.deepEqual((await client.ended()).how, "finished");
    await client.sendAll(patternedChunks(2, 5_000_000));
    assert.equal(observer.isEnded, false);
    await client.finish();
    const end = await backend.ended();
    assert.deepEqual([end.how, end.sha256], ["finished", patternedSha256(2, 5_000_000)]);
    await observer.ended();
    assertFinished(relay, "backend");
    assert.equal(observer.halfClosed, 1);
  });

  test("end in order when both finish in one turn", async (scene) => {
    const { client, backend, relay, observer } = await scene.pair();
    await Promise.all([client.finish("up"), backend.finish("down")]);
    await observer.ended();
    assert.equal((await client.ended()).how, "finished");
    assert.equal((await backend.ended()).how, "finished");
    assert.ok(relay.finishedFirst !== undefined);
    assert.equal(relay.failedSide, undefined);
  });

  test("wait for a side that never finishes, which may go on sending", async (scene) => {
    const { client, backend, observer } = await scene.pair();
    await client.finish();
    assert.equal((await backend.ended()).how, "finished");
    scene.world.advance(10_000_000);
    await scene.world.settle();
    assert.equal(observer.isEnded, false);
    await backend.send("still here");
    assert.equal((await client.received(10)).toString(), "still here");
  });

  test("send a FIN only after what a slow reader has still to take", async (scene) => {
    for (const slow of ["client", "backend"] as const) {
      const pair = await scene.pair({ paused: slow });
      const fast = pair[slow === "client" ? "backend" : "client"];
      const finished = meanwhile(fast.finish(patternedBytes(3, LARGE_BYTES)));
      await scene.world.settle();
      pair[slow].resume();
      const end = await pair[slow].ended();
      assert.deepEqual([end.how, end.sha256], ["finished", patternedSha256(3, LARGE_BYTES)]);
      await finished;
      await pair[slow].finish();
      await pair.observer.ended();
    }
  });
}

function describeFinsBeforeRelay(test: ContractTest): void {
  test("carry on a client's FIN from before the relay", async (scene) => {
    const accepted = await scene.accept();
    await accepted.peer.finish("question");
    await scene.world.settle();
    const pair = scene.relay(accepted, await scene.reach());
    const asked = await pair.backend.ended();
    assert.deepEqual([asked.how, asked.byteCount], ["finished", 8]);
    assert.equal(pair.relay.finishedFirst, "client");
    await pair.backend.finish("answer");
    assert.equal((await pair.client.received(6)).toString(), "answer");
    await pair.observer.ended();
    assert.equal(pair.observer.halfClosed, 0);
  });

  test("carry on a FIN behind more than is held before the relay", async (scene) => {
    const accepted = await scene.accept();
    const finished = meanwhile(accepted.peer.finish(patternedBytes(4, 1_000_000)));
    await scene.world.settle();
    const pair = scene.relay(accepted, await scene.reach());
    const end = await pair.backend.ended();
    assert.deepEqual([end.how, end.sha256], ["finished", patternedSha256(4, 1_000_000)]);
    await finished;
  });

  test("carry on a backend's FIN from before the relay", async (scene) => {
    const accepted = await scene.accept();
    const reached = await scene.reach();
    await reached.peer.finish("bye");
    await scene.world.settle();
    const pair = scene.relay(accepted, reached);
    assert.equal((await pair.client.ended()).how, "finished");
    assert.equal(pair.relay.finishedFirst, "backend");
    await pair.client.finish("late");
    assert.equal((await pair.backend.received(4)).toString(), "late");
    await pair.observer.ended();
  });

  test("end when both have finished before the relay", async (scene) => {
    const accepted = await scene.accept();
    const reached = await scene.reach();
    await Promise.all([accepted.peer.finish("up"), reached.peer.finish("down")]);
    await scene.world.settle();
    const pair = scene.relay(accepted, reached);
    await pair.observer.ended();
    assert.equal((await pair.client.received(4)).toString(), "down");
    assert.equal((await pair.backend.received(2)).toString(), "up");
    assert.deepEqual([(await pair.client.ended()).how, (await pair.backend.ended()).how], ["finished", "finished"]);
    assert.equal(pair.relay.failedSide, undefined);
  });
}

function describeFacts(test: ContractTest): void {
  test("tell how many bytes came, when the first and when the last", async (scene) => {
    const { world } = scene;
    const accepted = await scene.accept();
    await accepted.peer.send("held");
    await world.settle();
    const { client, backend, relay } = scene.relay(accepted, await scene.reach());
    const startMs = relay.lastActivityAtMs;
    assert.ok(Number.isNaN(relay.firstByteAtMs));
    await backend.received(4);
    assert.deepEqual([relay.bytesUp, relay.bytesDown], [4, 0]);
    world.advance(100);
    await client.send("12345");
    await backend.received(9);
    assert.equal(relay.lastActivityAtMs, startMs + 100);
    world.advance(100);
    for (const answer of ["one", "two"]) {
      await backend.send(answer);
      await world.settle();
      world.advance(100);
    }
    await client.received(6);
    assert.deepEqual([relay.bytesUp, relay.bytesDown], [9, 6]);
    assert.deepEqual([relay.firstByteAtMs, relay.lastActivityAtMs], [startMs + 200, startMs + 300]);
    await client.finish();
    await backend.ended();
    assert.equal(relay.lastActivityAtMs, startMs + 400);
  });
}

/** Each sends its own pattern while it receives the other's, and finishes. */
async function carryBothWays(pair: Pair, byteCount: number, seed = 0): Promise<void> {
  const { client, backend, relay, observer } = pair;
  const [upSeed, downSeed] = [2 * seed + 1, 2 * seed + 2];
  await Promise.all([
    client.sendAll(patternedChunks(upSeed, byteCount)).then(() => client.finish()),
    backend.sendAll(patternedChunks(downSeed, byteCount)).then(() => backend.finish()),
  ]);
  const [up, down] = await Promise.all([backend.ended(), client.ended()]);
  assert.deepEqual([up.how, up.sha256], ["finished", patternedSha256(upSeed, byteCount)]);
  assert.deepEqual([down.how, down.sha256], ["finished", patternedSha256(downSeed, byteCount)]);
  await observer.ended();
  assert.deepEqual([relay.bytesUp, relay.bytesDown], [byteCount, byteCount]);
  assert.deepEqual([relay.failedSide, relay.failure, relay.failureCode], [undefined, undefined, null]);
}

function assertFinished(relay: Pair["relay"], first: Side): void {
  assert.equal(relay.finishedFirst, first);
  assert.deepEqual([relay.failedSide, relay.failure], [undefined, undefined]);
}
