import assert from "node:assert/strict";
import type { Gate } from "../../src/transport/transport.ts";
import { patternedBytes, patternedChunks, patternedSha256 } from "../support/patterned-bytes.ts";
import type { ContractTest } from "./contract-test.ts";

const LARGE_BYTES = 20_000_000;
// More than both sockets' buffers and the relay hold: what is not read would keep the client from sending it.
const FLOOD_BYTES = 40_000_000;

/** Lets so many bytes through, then shuts; or opens for good. */
class CountingGate implements Gate {
  isOpen = false;
  /** How often it was asked, and for how much. */
  asked = 0;
  seenBytes = 0;
  #left: number;
  readonly #then: "shut" | "open";

  constructor(byteCount: number, afterwards: "shut" | "open" = "shut") {
    this.#left = byteCount;
    this.#then = afterwards;
  }

  pass(bytes: Uint8Array): number {
    this.asked++;
    this.seenBytes += bytes.length;
    const passed = Math.min(bytes.length, this.#left);
    this.#left -= passed;
    if (this.#left > 0 || this.#then === "shut") return passed;
    this.isOpen = true;
    return bytes.length;
  }
}

export function describeGates(test: ContractTest): void {
  describeShutting(test);
  describeEndsBehindGates(test);
  describeOpening(test);
}

function describeShutting(test: ContractTest): void {
  test("pass on what a gate lets through, and nothing after it", async (scene) => {
    const gate = new CountingGate(8);
    const { client, backend, relay, observer } = scene.relay(await scene.accept(), await scene.reach(), gate);
    await client.send("ques");
    await backend.received(4);
    await client.send("tion, and a second one");
    await client.send("and a third");
    await backend.received(8);
    await backend.finish("answer");
    await client.received(6);
    await client.finish();
    const end = await backend.ended();
    assert.deepEqual([end.how, end.byteCount], ["finished", 8]);
    await observer.ended();
    assert.deepEqual([relay.bytesUp, relay.bytesDown], [8, 6]);
  });

  test("ask a gate about what was received before the relay", async (scene) => {
    const accepted = await scene.accept();
    scene.callbacks.during(() => accepted.connection.peek(0));
    await accepted.peer.send("question, and a second one");
    await accepted.owner.nextPrefix();
    const gate = new CountingGate(8);
    const { client, backend } = scene.relay(accepted, await scene.reach(), gate);
    assert.equal((await backend.received(8)).toString(), "question");
    await client.finish("and a third");
    assert.equal((await backend.ended()).byteCount, 8);
    assert.equal(gate.seenBytes, 26);
  });

  test("show a gate every byte once, until it has shut", async (scene) => {
    const gate = new CountingGate(LARGE_BYTES + 1);
    const { client, backend, relay } = scene.relay(await scene.accept(), await scene.reach(), gate);
    await client.sendAll(patternedChunks(1, LARGE_BYTES));
    await scene.world.until(() => backend.byteCount === LARGE_BYTES, "all of it");
    assert.equal(gate.seenBytes, LARGE_BYTES);
    await client.send("12");
    await scene.world.until(() => gate.seenBytes === LARGE_BYTES + 2, "the last byte to be shown");
    const { asked } = gate;
    await client.finish("345");
    const end = await backend.ended();
    assert.deepEqual([end.how, end.byteCount], ["finished", LARGE_BYTES + 1]);
    assert.deepEqual([gate.asked, relay.bytesUp], [asked, LARGE_BYTES + 1]);
  });

  test("let nothing through a gate that is shut from the start", async (scene) => {
    const { client, backend } = scene.relay(await scene.accept(), await scene.reach(), new CountingGate(0));
    await client.finish("nothing of this");
    const end = await backend.ended();
    assert.deepEqual([end.how, end.byteCount], ["finished", 0]);
  });

  test("read all that a client sends behind a shut gate, and count none of it", async (scene) => {
    const { client, backend, relay } = scene.relay(await scene.accept(), await scene.reach(), new CountingGate(5));
    await client.sendAll(patternedChunks(2, FLOOD_BYTES));
    await client.finish();
    const end = await backend.ended();
    assert.deepEqual([end.how, end.byteCount, relay.bytesUp], ["finished", 5, 5]);
    assert.equal(end.sha256, patternedSha256(2, 5));
  });

  test("read on behind a shut gate while the backend does not take what was let through", async (scene) => {
    const backendLink = await scene.reach("ipv4", { paused: true });
    const gate = new CountingGate(LARGE_BYTES);
    const { client, backend } = scene.relay(await scene.accept(), backendLink, gate);
    const sent = client.sendAll(patternedChunks(3, LARGE_BYTES + FLOOD_BYTES)).then(() => client.finish());
    await scene.world.settle();
    backend.resume();
    const end = await backend.ended();
    assert.deepEqual([end.how, end.sha256], ["finished", patternedSha256(3, LARGE_BYTES)]);
    await sent;
  });

  test("hold what was let through for a backend that does not read, and discard the rest meanwhile", async (scene) => {
    const small = 4_000_000;
    const backendLink = await scene.reach("unix", { paused: true });
    const { client, backend } = scene.relay(await scene.accept(), backendLink, new CountingGate(300_000));
    // A unix socket has no room for that much: some of it waits in the relay when the gate shuts.
    const sent = client.sendAll(patternedChunks(4, small)).then(() => client.finish());
    await scene.world.settle();
    backend.resume();
    const end = await backend.ended();
    assert.deepEqual([end.how, end.sha256], ["finished", patternedSha256(4, 300_000)]);
    await sent;
  });

  test("do not take discarded bytes for activity", async (scene) => {
    const { client, backend, relay } = scene.relay(await scene.accept(), await scene.reach(), new CountingGate(1));
    await client.send("1");
    await backend.received(1);
    const { lastActivityAtMs } = relay;
    scene.world.advance(5_000);
    await client.send("2");
    await scene.world.settle();
    assert.equal(relay.lastActivityAtMs, lastActivityAtMs);
  });
}

function describeEndsBehindGates(test: ContractTest): void {
  test("send the backend no FIN before the client's own, though the gate is shut", async (scene) => {
    const { client, backend, observer } = scene.relay(await scene.accept(), await scene.reach(), new CountingGate(1));
    await client.send("12");
    await backend.received(1);
    await backend.sendAll(patternedChunks(5, 5_000_000));
    await scene.world.until(() => client.byteCount === 5_000_000, "the answer");
    assert.equal(observer.halfClosed, 0);
    await client.finish("3");
    assert.equal((await backend.ended()).how, "finished");
    await backend.finish();
    await observer.ended();
  });

  test("pass on a client's FIN that came with what is discarded", async (scene) => {
    const accepted = await scene.accept();
    const reached = await scene.reach();
    await accepted.peer.finish("question, and more");
    await scene.world.settle();
    const { backend } = scene.relay(accepted, reached, new CountingGate(8));
    const end = await backend.ended();
    assert.deepEqual([end.how, end.byteCount], ["finished", 8]);
  });

  test("pass on a reset of a client behind a shut gate", async (scene) => {
    const { client, backend, relay, observer } = scene.relay(
      await scene.accept(),
      await scene.reach(),
      new CountingGate(1),
    );
    await client.send("12");
    await backend.received(1);
    client.reset("3");
    assert.equal((await backend.ended()).how, "reset");
    await observer.ended();
    assert.deepEqual([relay.failedSide, relay.failure], ["client", "reset"]);
  });

  test("end behind a shut gate when the backend finishes and then the client", async (scene) => {
    const { client, backend, relay, observer } = scene.relay(
      await scene.accept(),
      await scene.reach(),
      new CountingGate(1),
    );
    await client.send("12");
    await backend.received(1);
    await backend.finish("answer");
    assert.equal((await client.ended()).how, "finished");
    await client.sendAll(patternedChunks(6, 5_000_000));
    await client.finish();
    await observer.ended();
    assert.deepEqual([relay.finishedFirst, relay.failedSide, relay.bytesUp], ["backend", undefined, 1]);
    assert.equal((await backend.ended()).how, "finished");
  });

  test("reset a client that sends for ever behind a shut gate when its backend resets", async (scene) => {
    const { client, backend, observer } = scene.relay(await scene.accept(), await scene.reach(), new CountingGate(1));
    const sent = client.sendAll(patternedChunks(7, Number.POSITIVE_INFINITY)).catch(() => {});
    await backend.received(1);
    backend.reset();
    await observer.ended();
    await sent;
  });

  test("abort a relay whose gate is shut", async (scene) => {
    const { client, backend, relay, observer } = scene.relay(
      await scene.accept(),
      await scene.reach(),
      new CountingGate(1),
    );
    const sent = client.sendAll(patternedChunks(8, Number.POSITIVE_INFINITY)).catch(() => {});
    await backend.received(1);
    await scene.world.settle();
    scene.abort(relay);
    await observer.ended();
    await Promise.all([sent, backend.ended()]);
  });
}

function describeOpening(test: ContractTest): void {
  test("ask no gate any more that has opened, and carry everything", async (scene) => {
    const gate = new CountingGate(1_000_000, "open");
    const { client, backend, relay } = scene.relay(await scene.accept(), await scene.reach(), gate);
    await client.sendAll(patternedChunks(9, LARGE_BYTES));
    await client.finish();
    const end = await backend.ended();
    assert.deepEqual([end.how, end.sha256, relay.bytesUp], ["finished", patternedSha256(9, LARGE_BYTES), LARGE_BYTES]);
    assert.ok(gate.seenBytes < 1_100_000, `${gate.seenBytes} bytes were shown`);
  });

  test("never ask a gate that is open from the start", async (scene) => {
    const gate = new CountingGate(0);
    gate.isOpen = true;
    const { client, backend } = scene.relay(await scene.accept(), await scene.reach(), gate);
    await client.finish(patternedBytes(1, 100_000));
    assert.equal((await backend.ended()).sha256, patternedSha256(1, 100_000));
    assert.equal(gate.asked, 0);
  });

  test("carry the backend's bytes whatever the gate says", async (scene) => {
    const { client, backend, relay } = scene.relay(await scene.accept(), await scene.reach(), new CountingGate(0));
    await backend.sendAll(patternedChunks(2, LARGE_BYTES));
    await backend.finish();
    const end = await client.ended();
    assert.deepEqual([end.how, end.sha256], ["finished", patternedSha256(2, LARGE_BYTES)]);
    assert.equal(relay.bytesDown, LARGE_BYTES);
  });
}
