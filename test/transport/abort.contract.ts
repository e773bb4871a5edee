import assert from "node:assert/strict";
import { patternedBytes, patternedChunks } from "../support/patterned-bytes.ts";
import type { ContractTest } from "./contract-test.ts";
import type { Link, Pair, Scene } from "./scene.ts";

export function describeAborts(test: ContractTest): void {
  describeConnectionResets(test);
  describeRelayAborts(test);
}

function describeConnectionResets(test: ContractTest): void {
  const states: Readonly<Record<string, (scene: Scene, link: Link) => void | Promise<void>>> = {
    "that has done nothing": () => {},
    "that is peeked at": (scene, { connection }) => scene.callbacks.during(() => connection.peek(1_000)),
    "whose prefix is about to be shown": async (scene, { connection, peer }) => {
      await peer.send("prefix");
      await scene.world.settle();
      scene.callbacks.during(() => connection.peek(0));
    },
    "that receives in the same turn": (_scene, { peer }) => void peer.send("too late"),
    "that is peeked at and receives in the same turn": (scene, { connection, peer }) => {
      scene.callbacks.during(() => connection.peek(0));
      peer.send("too late").catch(() => {});
    },
    "that is full": async (scene, { peer }) => {
      peer.sendAll(patternedChunks(1, Number.POSITIVE_INFINITY)).catch(() => {});
      await scene.world.settle();
    },
    "whose other side has finished": async (scene, { peer }) => {
      await peer.finish();
      await scene.world.settle();
    },
    "whose other side finishes in the same turn": (_scene, { peer }) => void peer.finish("bye").catch(() => {}),
    "whose other side resets in the same turn": (_scene, { peer }) => peer.reset(),
    "that has written": (scene, { connection }) => scene.callbacks.during(() => connection.write(Buffer.from("hello"))),
    "that has finished": async (scene, { connection }) => {
      scene.callbacks.during(() => connection.finish());
      await scene.world.settle();
    },
    "that finishes in the same turn": (scene, { connection }) => scene.callbacks.during(() => connection.finish()),
    "that finishes in the same turn, while the other side sends": (scene, { connection, peer }) => {
      scene.callbacks.during(() => connection.peek(0));
      scene.callbacks.during(() => connection.finish());
      peer.send("too late").catch(() => {});
    },
  };
  for (const [state, prepare] of Object.entries(states)) {
    test(`reset a client ${state}, and report it closed once`, async (scene) => {
      const link = await scene.accept();
      await prepare(scene, link);
      const prefixes = link.owner.prefixes.length;
      // Twice has no more effect than once.
      for (let time = 0; time < 2; time++) scene.reset(link.connection);
      const { cause } = await link.owner.closed();
      // In a turn with the other side's own end either may come first.
      assert.ok(cause === "closed" || state.includes("other side"), cause);
      assert.equal(link.owner.prefixes.length, prefixes);
      await link.peer.ended();
    });
  }

  for (const isFinishing of [false, true]) {
    test(`reset a client with an answer on its way${isFinishing ? ", and FIN behind it" : ""}`, async (scene) => {
      const { connection, owner, peer } = await scene.accept("ipv4", { paused: true });
      for (const chunk of patternedChunks(1, 50_000_000)) scene.callbacks.during(() => connection.write(chunk));
      if (isFinishing) scene.callbacks.during(() => connection.finish());
      await scene.world.settle();
      scene.reset(connection);
      assert.equal((await owner.closed()).cause, "closed");
      peer.resume();
      const end = await peer.ended();
      assert.equal(end.how, "reset");
      assert.ok(end.byteCount < 50_000_000);
    });
  }

  test("reset a server that has been dialled", async (scene) => {
    const { connection, owner, peer } = await scene.reach();
    scene.reset(connection);
    assert.equal((await owner.closed()).cause, "closed");
    assert.equal((await peer.ended()).how, "reset");
  });
}

function describeRelayAborts(test: ContractTest): void {
  const states: Readonly<Record<string, (scene: Scene, pair: Pair) => void | Promise<void>>> = {
    "that has just begun": () => {},
    "that has carried": async (_scene, { client, backend }) => {
      await client.send("question");
      await backend.received(8);
    },
    "that carries both ways": async (scene, { client, backend }) => {
      for (const peer of [client, backend]) {
        peer.sendAll(patternedChunks(1, Number.POSITIVE_INFINITY)).catch(() => {});
      }
      await scene.world.settle();
    },
    "that receives in the same turn": (_scene, { client, backend }) => {
      for (const peer of [client, backend]) peer.send("too late").catch(() => {});
    },
    "that is half-closed": async (_scene, { client, backend }) => {
      await client.finish();
      await backend.ended();
    },
    "that finishes in the same turn": (_scene, { client, backend }) => {
      for (const peer of [client, backend]) peer.finish("bye").catch(() => {});
    },
    "that fails in the same turn": (_scene, { backend }) => backend.reset("bye"),
  };
  for (const [state, prepare] of Object.entries(states)) {
    test(`reset both sides of a relay ${state}, and report its end once`, async (scene) => {
      const pair = await scene.pair();
      await prepare(scene, pair);
      for (let time = 0; time < 2; time++) scene.abort(pair.relay);
      await pair.observer.ended();
      assert.deepEqual([pair.relay.failedSide, pair.relay.failure], [undefined, undefined]);
      await Promise.all([pair.client.ended(), pair.backend.ended()]);
    });
  }

  for (const isFinishing of [false, true]) {
    test(`cut a stream off with a reset${isFinishing ? ", though its FIN has come" : ""}`, async (scene) => {
      const pair = await scene.pair({ paused: "client" });
      const size = 3_000_000;
      // More than the way to the client takes, so that the relay holds some; less than goes into both ways.
      const sending = isFinishing
        ? pair.backend.finish(patternedBytes(1, size))
        : pair.backend.sendAll(patternedChunks(1, Number.POSITIVE_INFINITY));
      // Broken off by the reset, maybe before that is seen below.
      const sent = sending.catch(() => {});
      await scene.world.settle();
      scene.abort(pair.relay);
      await pair.observer.ended();
      await sent;
      pair.client.resume();
      assert.equal((await pair.client.ended()).how, "reset");
    });
  }

  test("abort a relay within a callback of its own", async (scene) => {
    const pair = await scene.pair();
    pair.observer.whenHalfClosed = (relay) => scene.abort(relay);
    await pair.client.finish();
    await pair.observer.ended();
    assert.equal((await pair.client.ended()).how, "reset");
    assert.equal(pair.relay.failedSide, undefined);
  });

  test("abort a relay that waits for a reader after a reset", async (scene) => {
    const pair = await scene.pair({ paused: "client" });
    const sent = pair.backend.sendAll(patternedChunks(2, 100_000_000)).catch(() => {});
    await scene.world.settle();
    pair.backend.reset();
    await sent;
    await scene.world.settle();
    scene.abort(pair.relay);
    await pair.observer.ended();
  });
}
