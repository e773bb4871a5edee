import assert from "node:assert/strict";
import { describe } from "node:test";
import { HELD_BYTES } from "../../../src/transport/transport.ts";
import { patternedBytes } from "../../support/patterned-bytes.ts";
import { netTest } from "./net-test.ts";

describe("NetConnection", () => {
  netTest("tells its own address when it has dialled", async (scene) => {
    const { connection, peer } = await scene.reach();
    assert.match(connection.localAddress, /^127\.0\.0\.1:\d+$/);
    scene.reset(connection);
    await peer.ended();
    assert.equal(connection.localAddress, "");
  });

  netTest("reports the system's code of a reset, however Node shows it", async (scene) => {
    for (const bytes of [undefined, "with the last bytes"]) {
      const { peer, owner } = await scene.accept();
      peer.reset(bytes);
      assert.deepEqual(await owner.closed(), { cause: "reset", code: "ECONNRESET" });
    }
  });

  netTest("notices that a client has left as long as it holds less than it may", async (scene) => {
    const { peer, owner } = await scene.accept();
    await peer.send(patternedBytes(1, HELD_BYTES - 1));
    await scene.world.settle();
    peer.reset();
    assert.equal((await owner.closed()).cause, "reset");
  });

  netTest("closes a client that resets while it is written to and not read", async (scene) => {
    const { peer, connection, owner } = await scene.accept();
    await peer.send(patternedBytes(1, 10 * HELD_BYTES));
    await scene.world.settle();
    peer.reset();
    await scene.world.settle();
    assert.equal(owner.closing, undefined, "it is full, and Node notices nothing");
    scene.callbacks.during(() => connection.write(Buffer.from("503")));
    assert.equal((await owner.closed()).cause, "reset");
  });
});
