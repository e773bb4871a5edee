import assert from "node:assert/strict";
import { type Connection, HELD_BYTES } from "../../src/transport/transport.ts";
import { meanwhile } from "../support/meanwhile.ts";
import { patternedBytes, patternedChunks, patternedSha256 } from "../support/patterned-bytes.ts";
import type { Prefix } from "./callbacks.ts";
import type { ContractTest } from "./contract-test.ts";
import type { Link, Scene } from "./scene.ts";
import { untilStill } from "./stillness.ts";

export function describeConnections(test: ContractTest): void {
  describePeeks(test);
  describeHeldBytes(test);
  describeOwnAnswers(test);
}

function describePeeks(test: ContractTest): void {
  test("show a prefix as it grows, and take nothing of it", async (scene) => {
    const accepted = await scene.accept();
    for (const text of ["a", "ab", "abc"]) {
      const asked = peek(scene, accepted, text.length - 1);
      await accepted.peer.send(text.slice(-1));
      assert.deepEqual(await asked, { bytes: Buffer.from(text), ended: false });
    }
    const { client, backend } = scene.relay(accepted, await scene.reach());
    await client.finish("def");
    assert.equal((await backend.received(6)).toString(), "abcdef");
  });

  test("show what has come already, but not within the call that asks", async (scene) => {
    const accepted = await scene.accept();
    await accepted.peer.send("here");
    for (let time = 0; time < 2; time++) assert.equal((await peek(scene, accepted, 3)).bytes.toString(), "here");
  });

  test("wait until there is more than was seen", async (scene) => {
    const accepted = await scene.accept();
    await accepted.peer.send("1234");
    const asked = peek(scene, accepted, 4);
    await scene.world.settle();
    assert.deepEqual(accepted.owner.prefixes, []);
    await accepted.peer.send("5");
    assert.equal((await asked).bytes.toString(), "12345");
  });

  for (const text of ["", "bye"]) {
    test(`say that no more will come, after ${text.length} bytes`, async (scene) => {
      const accepted = await scene.accept();
      const asked = peek(scene, accepted, 1_000);
      await accepted.peer.finish(text);
      assert.deepEqual(await asked, { bytes: Buffer.from(text), ended: true });
      assert.deepEqual(await peek(scene, accepted, 1_000), { bytes: Buffer.from(text), ended: true });
    });
  }

  test("give up what is taken and relay the rest", async (scene) => {
    const accepted = await scene.accept();
    for (const header of ["PROXY …\r\n", "and more\r\n"]) {
      const asked = peek(scene, accepted, 0);
      await accepted.peer.send(`${header}body`);
      const { bytes } = await asked;
      assert.equal(bytes.toString(), `${header}body`);
      scene.callbacks.during(() => accepted.connection.take(Buffer.byteLength(header)));
      assert.equal((await peek(scene, accepted, 0)).bytes.toString(), "body");
      scene.callbacks.during(() => accepted.connection.take(2));
      scene.callbacks.during(() => accepted.connection.take(2));
    }
    const asked = peek(scene, accepted, 4);
    await accepted.peer.send("first, rest");
    await asked;
    scene.callbacks.during(() => accepted.connection.take(7));
    const { client, backend } = scene.relay(accepted, await scene.reach());
    await client.finish(" of it");
    assert.equal((await backend.received(10)).toString(), "rest of it");
    assert.equal((await backend.ended()).byteCount, 10);
  });
}

function describeHeldBytes(test: ContractTest): void {
  test("leave in the kernel what is more than they hold, and lose none of it", async (scene) => {
    const accepted = await scene.accept();
    const sent = accepted.peer.sendAll(patternedChunks(1, Number.POSITIVE_INFINITY)).catch(() => {});
    const { bytes } = await peek(scene, accepted, HELD_BYTES - 1);
    const most = HELD_BYTES + scene.world.readAheadBytes;
    assert.ok(bytes.length <= most, `${bytes.length} bytes are held`);
    const count = await untilStill(scene.world, () => accepted.peer.sentCount, mostOnTheWay(scene) + most);
    const { client, backend } = scene.relay(accepted, await scene.reach());
    await backend.received(HELD_BYTES);
    const enough = count + 1_000_000;
    await scene.world.until(() => backend.byteCount > enough, "the rest");
    client.reset();
    const end = await backend.ended();
    assert.equal(end.how, "reset");
    assert.equal(end.sha256, patternedSha256(1, end.byteCount));
    await sent;
  });

  test("keep what comes before the relay, whoever asks for it", async (scene) => {
    const accepted = await scene.accept();
    const sent = meanwhile(accepted.peer.sendAll(patternedChunks(2, 3_000_000)));
    await scene.world.settle();
    const { client, backend } = scene.relay(accepted, await scene.reach());
    await sent;
    await client.finish();
    const end = await backend.ended();
    assert.deepEqual([end.how, end.sha256], ["finished", patternedSha256(2, 3_000_000)]);
  });

  test("keep what a server sends in pieces before the relay", async (scene) => {
    const reached = await scene.reach();
    const bytes = patternedBytes(6, HELD_BYTES - 100);
    for (const piece of [bytes.subarray(0, 60_000), bytes.subarray(60_000)]) {
      await reached.peer.send(piece);
      await scene.world.settle();
    }
    const { client } = scene.relay(await scene.accept(), reached);
    await reached.peer.finish();
    const end = await client.ended();
    assert.deepEqual([end.how, end.sha256], ["finished", patternedSha256(6, bytes.length)]);
  });

  test("go on reading as bytes are taken", async (scene) => {
    const accepted = await scene.accept();
    const sent = meanwhile(accepted.peer.finish(patternedBytes(3, 10 * HELD_BYTES)));
    let taken = Buffer.alloc(0);
    while (taken.length < 10 * HELD_BYTES) {
      const { bytes } = await peek(scene, accepted, 0);
      taken = Buffer.concat([taken, bytes]);
      scene.callbacks.during(() => accepted.connection.take(bytes.length));
    }
    assert.ok(taken.equals(patternedBytes(3, 10 * HELD_BYTES)));
    assert.deepEqual(await peek(scene, accepted, 0), { bytes: Buffer.alloc(0), ended: true });
    await sent;
  });

  test("report a client that resets before the relay, with bytes before it or without", async (scene) => {
    for (const bytes of [undefined, "half a requ"]) {
      const { peer, owner } = await scene.accept();
      peer.reset(bytes);
      assert.equal((await owner.closed()).cause, "reset");
    }
  });

  test("report a client that resets while somebody peeks", async (scene) => {
    const { peer, connection, owner } = await scene.accept();
    scene.callbacks.during(() => connection.peek(1_000));
    peer.reset("half a requ");
    assert.equal((await owner.closed()).cause, "reset");
    assert.deepEqual(owner.prefixes, []);
  });
}

function describeOwnAnswers(test: ContractTest): void {
  test("send bytes of our own and FIN, and close when the other side finishes too", async (scene) => {
    const { peer, connection, owner } = await scene.accept();
    write(scene, connection, "220 hello\r\n");
    write(scene, connection, "bye\r\n");
    scene.callbacks.during(() => connection.finish());
    const end = await peer.ended();
    assert.deepEqual([end.how, end.byteCount], ["finished", 16]);
    assert.equal((await peer.received(16)).toString(), "220 hello\r\nbye\r\n");
    await peer.finish();
    assert.deepEqual(await owner.closed(), { cause: "finished", code: null });
  });

  test("close when they finish after the other side", async (scene) => {
    const { peer, connection, owner } = await scene.accept();
    await peer.finish();
    await scene.world.settle();
    scene.callbacks.during(() => connection.finish());
    assert.deepEqual(await owner.closed(), { cause: "finished", code: null });
    assert.equal((await peer.ended()).how, "finished");
  });

  test("send all of a large answer to a slow reader, and FIN after it", async (scene) => {
    const { peer, connection, owner } = await scene.accept("ipv4", { paused: true });
    const size = 20_000_000;
    for (const chunk of patternedChunks(4, size)) scene.callbacks.during(() => connection.write(chunk));
    scene.callbacks.during(() => connection.finish());
    await scene.world.settle();
    peer.resume();
    const end = await peer.ended();
    assert.deepEqual([end.how, end.sha256], ["finished", patternedSha256(4, size)]);
    await peer.finish();
    assert.equal((await owner.closed()).cause, "finished");
  });

  test("report a reset that comes while an answer is on its way", async (scene) => {
    const { peer, connection, owner } = await scene.accept("ipv4", { paused: true });
    for (const chunk of patternedChunks(5, 20_000_000)) scene.callbacks.during(() => connection.write(chunk));
    await scene.world.settle();
    peer.reset();
    assert.equal((await owner.closed()).cause, "reset");
  });

  test("send bytes of our own before those that are relayed", async (scene) => {
    const accepted = await scene.accept();
    const reached = await scene.reach();
    await accepted.peer.send("from the client");
    await reached.peer.send("from the backend");
    write(scene, reached.connection, "PROXY …, ");
    write(scene, accepted.connection, "hello, ");
    const { client, backend } = scene.relay(accepted, reached);
    assert.equal((await client.received(23)).toString(), "hello, from the backend");
    assert.equal((await backend.received(26)).toString(), "PROXY …, from the client");
  });
}

function peek(scene: Scene, { connection, owner }: Link, beyondBytes: number): Promise<Prefix> {
  scene.callbacks.during(() => connection.peek(beyondBytes));
  return owner.nextPrefix();
}

function write(scene: Scene, connection: Connection, text: string): void {
  scene.callbacks.during(() => connection.write(Buffer.from(text)));
}

function mostOnTheWay(scene: Scene): number {
  return scene.world.bufferBytes("ipv4");
}
