// What a session does with its two connections before it joins them: it looks at what has come on either side, takes
// some of it, writes bytes of its own, and gives up a dial or its outcome.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Connection } from "../../src/transport/transport.ts";
import { patternedBytes, patternedChunks } from "../support/patterned-bytes.ts";
import { Owner, type Prefix } from "./callbacks.ts";
import type { ContractTest } from "./contract-test.ts";
import type { Link, Scene } from "./scene.ts";

const HEAD_BYTES = 16_384;
const LARGE_BYTES = 20_000_000;

export function describePreludes(test: ContractTest): void {
  describePeeksBeforeRelay(test);
  describeBackendPeeks(test);
  describeWritesBeforeRelay(test);
  describeEarlyDials(test);
}

function describePeeksBeforeRelay(test: ContractTest): void {
  for (const received of ["", "some of it, "]) {
    test(`hand a client over that somebody waits for, with ${received.length} bytes received`, async (scene) => {
      const accepted = await scene.accept();
      scene.callbacks.during(() => accepted.connection.peek(100));
      if (received !== "") await accepted.peer.send(received);
      await scene.world.settle();
      const { client, backend } = scene.relay(accepted, await scene.reach());
      await client.send(patternedBytes(1, 200));
      await backend.received(received.length + 200);
      await client.finish();
      assert.equal((await backend.ended()).byteCount, received.length + 200);
      assert.deepEqual(accepted.owner.prefixes, []);
    });
  }

  test("hand a client over in the turn in which a prefix would be shown", async (scene) => {
    const accepted = await scene.accept();
    const reached = await scene.reach();
    await accepted.peer.send("here already");
    await scene.world.settle();
    scene.callbacks.during(() => accepted.connection.peek(0));
    const { backend } = scene.relay(accepted, reached);
    assert.equal((await backend.received(12)).toString(), "here already");
    assert.deepEqual(accepted.owner.prefixes, []);
  });

  test("hand a client over within the callback that shows its prefix", async (scene) => {
    const accepted = await scene.accept();
    const reached = await scene.reach();
    let isRelayed = false;
    const onPrefix = accepted.owner.onPrefix.bind(accepted.owner);
    accepted.owner.onPrefix = (prefix, ended) => {
      onPrefix(prefix, ended);
      scene.callbacks.during(() => accepted.connection.take(4));
      scene.relay(accepted, reached);
      isRelayed = true;
    };
    scene.callbacks.during(() => accepted.connection.peek(0));
    await accepted.peer.send("cut off the rest");
    assert.equal((await reached.peer.received(12)).toString(), "off the rest");
    assert.ok(isRelayed);
    await accepted.peer.send(", and more");
    await reached.peer.received(22);
  });

  test("carry on with a client whose head was taken whole", async (scene) => {
    const accepted = await scene.accept();
    const asked = peek(scene, accepted, 0);
    await accepted.peer.send("head");
    await asked;
    scene.callbacks.during(() => accepted.connection.take(4));
    const { client, backend } = scene.relay(accepted, await scene.reach());
    await client.send("body");
    assert.equal((await backend.received(4)).toString(), "body");
    await client.finish();
    assert.equal((await backend.ended()).byteCount, 4);
  });

  test("show a head that comes a byte at a time, each time once", async (scene) => {
    const accepted = await scene.accept();
    const head = patternedBytes(2, 300);
    let asked = peek(scene, accepted, 0);
    for (let length = 1; length <= head.length; length++) {
      await accepted.peer.send(head.subarray(length - 1, length));
      assert.equal((await asked).bytes.length, length);
      asked = peek(scene, accepted, length);
    }
    assert.equal(accepted.owner.prefixes.length, 300);
    assert.ok(accepted.owner.prefixes.at(-1)?.bytes.equals(head));
    await accepted.peer.finish();
    assert.equal((await asked).ended, true);
  });

  test("show a head that is as large as a peek may be", async (scene) => {
    const accepted = await scene.accept();
    const asked = peek(scene, accepted, HEAD_BYTES - 1);
    await accepted.peer.sendAll(patternedChunks(3, HEAD_BYTES));
    assert.ok((await asked).bytes.equals(patternedBytes(3, HEAD_BYTES)));
  });

  test("show what comes while a dial with that client is under way", async (scene) => {
    const accepted = await scene.accept();
    await accepted.peer.send("first");
    const first = await peek(scene, accepted, 0);
    assert.equal(first.bytes.toString(), "first");
    const server = await scene.world.serve("ipv4");
    const { dialler } = scene.dial(server.address, undefined, { client: accepted.connection });
    const asked = peek(scene, accepted, 5);
    await accepted.peer.send(", second");
    assert.equal((await asked).bytes.toString(), "first, second");
    const backend = { peer: await server.next(), connection: await dialler.dialled(), owner: dialler };
    const pair = scene.relay(accepted, backend);
    await pair.client.finish();
    assert.equal((await pair.backend.ended()).byteCount, 13);
  });

  test("report a client that resets while its backend is dialled", async (scene) => {
    const accepted = await scene.accept();
    await accepted.peer.send("first");
    await peek(scene, accepted, 0);
    const server = await scene.world.serve("ipv4");
    const { dialler } = scene.dial(server.address, undefined, { client: accepted.connection });
    scene.callbacks.during(() => accepted.connection.peek(5));
    accepted.peer.reset();
    assert.equal((await accepted.owner.closed()).cause, "reset");
    await dialler.dialled();
  });
}

function describeBackendPeeks(test: ContractTest): void {
  for (const family of ["ipv4", "unix"] as const) {
    test(`show what a server over ${family} sends first, and relay it`, async (scene) => {
      const reached = await scene.reach(family);
      const asked = peek(scene, reached, 0);
      await reached.peer.send("220 ready\r\n");
      assert.equal((await asked).bytes.toString(), "220 ready\r\n");
      const { client, backend } = scene.relay(await scene.accept(), reached);
      await backend.finish("221 bye\r\n");
      assert.equal((await client.received(20)).toString(), "220 ready\r\n221 bye\r\n");
    });
  }

  test("pass on interim answers by hand, and relay what follows", async (scene) => {
    const accepted = await scene.accept();
    const reached = await scene.reach();
    for (const interim of ["100 Continue\r\n", "103 Early Hints\r\n"]) {
      const asked = peek(scene, reached, 0);
      await reached.peer.send(`${interim}101`);
      assert.equal((await asked).bytes.toString(), `${interim}101`);
      scene.callbacks.during(() => reached.connection.take(interim.length));
      write(scene, accepted.connection, interim);
      assert.equal((await peek(scene, reached, 0)).bytes.toString(), "101");
      scene.callbacks.during(() => reached.connection.take(3));
    }
    await accepted.peer.send("held until then");
    const { client, backend } = scene.relay(accepted, reached);
    await backend.send("switched");
    assert.equal((await client.received(39)).toString(), "100 Continue\r\n103 Early Hints\r\nswitched");
    assert.equal((await backend.received(15)).toString(), "held until then");
  });

  test("say that a server has finished while somebody waits for its answer", async (scene) => {
    const reached = await scene.reach();
    const asked = peek(scene, reached, 100);
    await reached.peer.finish("HTTP/1.1 5");
    assert.deepEqual(await asked, { bytes: Buffer.from("HTTP/1.1 5"), ended: true });
  });

  test("report a server that resets while somebody waits for its answer", async (scene) => {
    const reached = await scene.reach();
    scene.callbacks.during(() => reached.connection.peek(100));
    await scene.world.settle();
    reached.peer.reset();
    assert.equal((await reached.owner.closed()).cause, "reset");
    assert.deepEqual(reached.owner.prefixes, []);
  });

  test("show each connection to its own owner, where a dialled one is given another", async (scene) => {
    const server = await scene.world.serve("ipv4");
    const owner = new Owner(scene.callbacks);
    const { dialler } = scene.dial(server.address, (connection) => {
      scene.callbacks.during(() => connection.own(owner));
      scene.callbacks.during(() => connection.peek(0));
    });
    const connection = await dialler.dialled();
    // What the dial's own handler would be told is told to the new owner only.
    dialler.isReleased = true;
    const peer = await server.next();
    await peer.send("greeting");
    assert.equal((await owner.nextPrefix()).bytes.toString(), "greeting");
    scene.reset(connection);
    await owner.closed();
  });
}

function describeWritesBeforeRelay(test: ContractTest): void {
  for (const slow of ["client", "backend"] as const) {
    test(`send a ${slow} that does not read what was written first, and then what is relayed`, async (scene) => {
      const accepted = await scene.accept("ipv4", { paused: slow === "client" });
      const reached = await scene.reach("ipv4", { paused: slow === "backend" });
      const [to, from] = slow === "client" ? [accepted, reached] : [reached, accepted];
      const own = patternedBytes(1, LARGE_BYTES);
      scene.callbacks.during(() => to.connection.write(own));
      scene.relay(accepted, reached);
      const sent = from.peer.sendAll(patternedChunks(1, LARGE_BYTES)).then(() => from.peer.finish());
      await scene.world.settle();
      to.peer.resume();
      const end = await to.peer.ended();
      assert.equal(end.byteCount, 2 * LARGE_BYTES);
      assert.equal(end.sha256, createHash("sha256").update(own).update(patternedBytes(1, LARGE_BYTES)).digest("hex"));
      await sent;
    });
  }

  test("hold little of what a client sends while its backend has not taken what was written first", async (scene) => {
    const accepted = await scene.accept();
    const reached = await scene.reach("ipv4", { paused: true });
    scene.callbacks.during(() => reached.connection.write(patternedBytes(1, LARGE_BYTES)));
    const { client, backend, relay } = scene.relay(accepted, reached);
    const sent = client.sendAll(patternedChunks(2, Number.POSITIVE_INFINITY)).catch(() => {});
    for (let rounds = 0; rounds < 5; rounds++) await scene.world.settle();
    assert.ok(relay.bytesUp <= 65_536 + scene.world.readAheadBytes, `${relay.bytesUp} bytes are held`);
    client.reset();
    backend.resume();
    await sent;
  });
}

function describeEarlyDials(test: ContractTest): void {
  for (const way of ["finish", "reset", "answer"] as const) {
    test(`give up a server that was dialled early by ${way}, and leave the client alone`, async (scene) => {
      const accepted = await scene.accept();
      const [early, chosen] = [await scene.reach(), await scene.reach()];
      await accepted.peer.send("question");
      await peek(scene, accepted, 0);
      if (way === "answer") scene.callbacks.during(() => early.connection.answer(new Uint8Array(0)));
      else scene.callbacks.during(() => early.connection[way]());
      const end = await early.peer.ended();
      assert.deepEqual([end.how, end.byteCount], [way === "reset" ? "reset" : "finished", 0]);
      if (way !== "reset") await early.peer.finish();
      await early.owner.closed();
      const { client, backend } = scene.relay(accepted, chosen);
      assert.equal((await backend.received(8)).toString(), "question");
      await backend.finish("answer");
      assert.equal((await client.ended()).byteCount, 6);
    });
  }
}

function peek(scene: Scene, { connection, owner }: Link, beyondBytes: number): Promise<Prefix> {
  scene.callbacks.during(() => connection.peek(beyondBytes));
  return owner.nextPrefix();
}

function write(scene: Scene, connection: Connection, text: string): void {
  scene.callbacks.during(() => connection.write(Buffer.from(text)));
}
