import assert from "node:assert/strict";
import { describe } from "node:test";
import { NetConnection } from "../../../src/transport/net/connection.ts";
import { type Connection, HELD_BYTES } from "../../../src/transport/transport.ts";
import { patternedBytes, patternedChunks } from "../../support/patterned-bytes.ts";
import { netTest } from "./net-test.ts";

const READ_BYTES = 64 * 1024;

describe("NetRelay", () => {
  netTest("holds no more than it has read at once, and what was held before", async (scene) => {
    const accepted = await scene.accept("unix");
    const reached = await scene.reach("unix", { paused: true });
    const sent = accepted.peer.sendAll(patternedChunks(1, Number.POSITIVE_INFINITY)).catch(() => {});
    await scene.world.settle();
    scene.callbacks.during(() => reached.connection.write(patternedBytes(2, 1_000_000)));
    const { client } = scene.relay(accepted, reached);
    await scene.world.settle();
    const waiting = waitingBytes(reached.connection) - 1_000_000;
    assert.ok(waiting <= HELD_BYTES + READ_BYTES, `${waiting} bytes wait`);
    client.reset();
    await sent;
  });

  netTest("holds one buffer at most in each direction", async (scene) => {
    for (const slow of ["client", "backend"] as const) {
      const accepted = await scene.accept("unix", { paused: slow === "client" });
      const reached = await scene.reach("unix", { paused: slow === "backend" });
      const pair = scene.relay(accepted, reached);
      const fast = slow === "client" ? pair.backend : pair.client;
      const sent = fast.sendAll(patternedChunks(1, Number.POSITIVE_INFINITY)).catch(() => {});
      await scene.world.settle();
      const waiting = waitingBytes((slow === "client" ? accepted : reached).connection);
      assert.ok(waiting > 0 && waiting <= READ_BYTES, `${waiting} bytes wait`);
      fast.reset();
      await sent;
    }
  });

  netTest("counts what a slow reader takes as activity", async (scene) => {
    const { client, backend, relay } = await scene.pair({ client: "unix", backend: "unix", paused: "client" });
    await backend.send(patternedBytes(1, scene.world.bufferBytes("unix")));
    await scene.world.settle();
    const cameAtMs = relay.lastActivityAtMs;
    scene.world.advance(1_000);
    client.resume();
    await client.received(60_000);
    await scene.world.settle();
    assert.equal(relay.lastActivityAtMs, cameAtMs + 1_000);
  });
});

function waitingBytes(connection: Connection): number {
  assert.ok(connection instanceof NetConnection);
  return connection.socket.writableLength;
}
