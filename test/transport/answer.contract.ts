import assert from "node:assert/strict";
import { HELD_BYTES, LINGER_BYTES, LINGER_MS } from "../../src/transport/transport.ts";
import { patternedBytes, patternedChunks, patternedSha256 } from "../support/patterned-bytes.ts";
import type { ContractTest } from "./contract-test.ts";
import type { Link, Scene } from "./scene.ts";

const ANSWER = "HTTP/1.1 503 Service Unavailable\r\n\r\nService not available\n";
// What goes into the sockets' buffers and what is discarded, many times over.
const LARGE_ANSWER_BYTES = 20_000_000;

export function describeAnswers(test: ContractTest): void {
  describeReadAnswers(test);
  describeUnreadAnswers(test);
  describeFarewells(test);
}

function describeReadAnswers(test: ContractTest): void {
  for (const family of ["ipv4", "unix"] as const) {
    test(`reach a client over ${family} whose request was peeked at and has not been read`, async (scene) => {
      const link = await scene.accept(family);
      scene.callbacks.during(() => link.connection.peek(0));
      await link.peer.send("GET / HTTP/1.1\r\n\r\n");
      await link.owner.nextPrefix();
      answer(scene, link, ANSWER);
      const end = await link.peer.ended();
      assert.deepEqual([end.how, end.byteCount], ["finished", ANSWER.length]);
      assert.equal((await link.peer.received(ANSWER.length)).toString(), ANSWER);
      await link.peer.finish();
      assert.deepEqual(await link.owner.closed(), { cause: "finished", code: null });
    });
  }

  test("reach a client that has said nothing", async (scene) => {
    const link = await scene.accept();
    answer(scene, link, ANSWER);
    assert.equal((await link.peer.ended()).byteCount, ANSWER.length);
    await link.peer.finish();
    assert.equal((await link.owner.closed()).cause, "finished");
  });

  test("reach a client that has finished already", async (scene) => {
    const link = await scene.accept();
    await link.peer.finish("GET / HTTP/1.1\r\n\r\n");
    await scene.world.settle();
    answer(scene, link, ANSWER);
    const end = await link.peer.ended();
    assert.deepEqual([end.how, end.byteCount], ["finished", ANSWER.length]);
    assert.equal((await link.owner.closed()).cause, "finished");
  });

  test("reach a client that goes on sending for a while", async (scene) => {
    const link = await scene.accept();
    await link.peer.send(patternedBytes(1, 10_000));
    answer(scene, link, ANSWER);
    for (let count = 0; count < 5; count++) {
      await link.peer.send(patternedBytes(1, 10_000));
      await scene.world.settle();
    }
    const end = await link.peer.ended();
    assert.deepEqual([end.how, end.byteCount], ["finished", ANSWER.length]);
    await link.peer.finish();
    assert.equal((await link.owner.closed()).cause, "finished");
  });

  test("reach a client that was held up at the limit of what is held", async (scene) => {
    const link = await scene.accept();
    const sent = link.peer.send(patternedBytes(1, HELD_BYTES));
    await scene.world.settle();
    answer(scene, link, ANSWER);
    const end = await link.peer.ended();
    assert.deepEqual([end.how, end.byteCount], ["finished", ANSWER.length]);
    await sent;
    await link.peer.finish();
    assert.equal((await link.owner.closed()).cause, "finished");
  });

  test("are whole however slowly the client reads within its time", async (scene) => {
    const link = await scene.accept("ipv4", { paused: true });
    for (const chunk of patternedChunks(2, LARGE_ANSWER_BYTES)) {
      scene.callbacks.during(() => link.connection.write(chunk));
    }
    answer(scene, link, "");
    await scene.world.settle();
    link.peer.resume();
    const end = await link.peer.ended();
    assert.deepEqual([end.how, end.sha256], ["finished", patternedSha256(2, LARGE_ANSWER_BYTES)]);
    await link.peer.finish();
    assert.equal((await link.owner.closed()).cause, "finished");
  });

  test("are whole for a client that has finished and reads slowly", async (scene) => {
    const link = await scene.accept("ipv4", { paused: true });
    await link.peer.finish("request");
    await scene.world.settle();
    scene.callbacks.during(() => link.connection.answer(patternedBytes(3, LARGE_ANSWER_BYTES)));
    await scene.world.settle();
    link.peer.resume();
    const end = await link.peer.ended();
    assert.deepEqual([end.how, end.sha256], ["finished", patternedSha256(3, LARGE_ANSWER_BYTES)]);
    assert.equal((await link.owner.closed()).cause, "finished");
  });

  test("may be given within the callback that shows a prefix", async (scene) => {
    const link = await scene.accept();
    const onPrefix = link.owner.onPrefix.bind(link.owner);
    link.owner.onPrefix = (prefix, ended) => {
      onPrefix(prefix, ended);
      answer(scene, link, ANSWER);
    };
    scene.callbacks.during(() => link.connection.peek(0));
    await link.peer.send("GET / HTTP/1.1\r\n\r\n");
    assert.equal((await link.peer.ended()).byteCount, ANSWER.length);
    await link.peer.finish();
    await link.owner.closed();
    assert.equal(link.owner.prefixes.length, 1);
  });

  test("show no prefix any more, though somebody has asked for one", async (scene) => {
    const link = await scene.accept();
    scene.callbacks.during(() => link.connection.peek(5));
    answer(scene, link, ANSWER);
    await link.peer.finish("more than five bytes");
    await link.owner.closed();
    assert.deepEqual(link.owner.prefixes, []);
  });
}

function describeUnreadAnswers(test: ContractTest): void {
  test("do not wait for ever for a client that does not finish", async (scene) => {
    const link = await scene.accept();
    await link.peer.send("GET / HTTP/1.1\r\n\r\n");
    answer(scene, link, ANSWER);
    await link.peer.received(ANSWER.length);
    scene.world.advance(LINGER_MS - 1);
    await scene.world.settle();
    assert.equal(link.owner.closing, undefined);
    scene.world.advance(1);
    assert.deepEqual(await link.owner.closed(), { cause: "closed", code: null });
    assert.equal((await link.peer.ended()).how, "finished");
  });

  test("do not wait for ever for a client that never reads, and end cut off", async (scene) => {
    const link = await scene.accept("ipv4", { paused: true });
    scene.callbacks.during(() => link.connection.answer(patternedBytes(1, LARGE_ANSWER_BYTES)));
    await scene.world.settle();
    scene.world.advance(LINGER_MS);
    assert.equal((await link.owner.closed()).cause, "closed");
    link.peer.resume();
    const end = await link.peer.ended();
    assert.equal(end.how, "reset");
    assert.ok(end.byteCount < LARGE_ANSWER_BYTES);
  });

  test("do not read a client for ever that floods", async (scene) => {
    const link = await scene.accept();
    const sent = link.peer.sendAll(patternedChunks(1, Number.POSITIVE_INFINITY)).catch(() => {});
    await scene.world.settle();
    answer(scene, link, ANSWER);
    assert.equal((await link.owner.closed()).cause, "closed");
    await sent;
  });

  test("read no more than they should", async (scene) => {
    const link = await scene.accept();
    answer(scene, link, ANSWER);
    await link.peer.send(patternedBytes(1, LINGER_BYTES - 1));
    await scene.world.settle();
    assert.equal(link.owner.closing, undefined);
    await link.peer.send(patternedBytes(1, HELD_BYTES + 1)).catch(() => {});
    assert.equal((await link.owner.closed()).cause, "closed");
  });

  for (const when of ["before", "after"] as const) {
    test(`survive a client that resets ${when} them`, async (scene) => {
      const link = await scene.accept();
      await link.peer.send("GET / HTTP/1.1\r\n\r\n");
      await scene.world.settle();
      if (when === "before") link.peer.reset();
      answer(scene, link, ANSWER);
      if (when === "after") link.peer.reset();
      assert.equal((await link.owner.closed()).cause, "reset");
    });
  }

  test("end at once when they are reset", async (scene) => {
    const link = await scene.accept();
    answer(scene, link, ANSWER);
    scene.reset(link.connection);
    assert.equal((await link.owner.closed()).cause, "closed");
    scene.world.advance(LINGER_MS);
    await scene.world.settle();
  });

  test("may be said twice, to no more effect", async (scene) => {
    const link = await scene.accept();
    answer(scene, link, ANSWER);
    await link.peer.finish();
    await link.owner.closed();
    answer(scene, link, ANSWER);
    scene.world.advance(LINGER_MS);
    await scene.world.settle();
    assert.equal((await link.peer.ended()).byteCount, ANSWER.length);
  });
}

function describeFarewells(test: ContractTest): void {
  test("take leave without bytes, of a server that was dialled in vain and has greeted", async (scene) => {
    const { peer, connection, owner } = await scene.reach();
    await peer.send("220 ready\r\n");
    await scene.world.settle();
    scene.callbacks.during(() => connection.answer(new Uint8Array(0)));
    const end = await peer.ended();
    assert.deepEqual([end.how, end.byteCount], ["finished", 0]);
    await peer.finish("221 bye\r\n");
    assert.deepEqual(await owner.closed(), { cause: "finished", code: null });
  });

  test("take leave of a server that does not care, for a while", async (scene) => {
    const { connection, owner } = await scene.reach();
    scene.callbacks.during(() => connection.answer(new Uint8Array(0)));
    await scene.world.settle();
    scene.world.advance(LINGER_MS);
    assert.equal((await owner.closed()).cause, "closed");
  });

  test("take leave of one server while another is dialled for the same client", async (scene) => {
    const accepted = await scene.accept();
    await accepted.peer.send("question");
    const [early, later] = [await scene.reach(), await scene.reach()];
    scene.callbacks.during(() => early.connection.answer(new Uint8Array(0)));
    const { client, backend } = scene.relay(accepted, later);
    await early.peer.finish();
    await early.owner.closed();
    assert.equal((await backend.received(8)).toString(), "question");
    await backend.finish("answer");
    assert.equal((await client.ended()).byteCount, 6);
  });
}

function answer(scene: Scene, { connection }: Link, text: string): void {
  scene.callbacks.during(() => connection.answer(Buffer.from(text)));
}
