import assert from "node:assert/strict";
import { constants } from "node:os";
import { describe } from "node:test";
import { Lingering } from "../../../src/transport/linux/lingering.ts";
import { HELD_BYTES, LINGER_BYTES, LINGER_MS } from "../../../src/transport/transport.ts";
import { failing } from "./faults.ts";
import { stageIt } from "./stage.ts";

describe("Lingering", () => {
  stageIt("discards what there is, and says when that is the end", (stage) => {
    const { connection, peer } = stage.accept();
    const lingering = new Lingering(connection.loop);
    assert.equal(lingering.discard(connection.descriptor), "nothing");
    peer.send("nobody wants this");
    assert.equal(lingering.discard(connection.descriptor), "nothing");
    peer.send("nor this");
    peer.finish();
    assert.equal(lingering.discard(connection.descriptor), "fin");
  });

  stageIt("says when a read fails", (stage) => {
    const { connection } = stage.accept();
    const lingering = new Lingering(connection.loop);
    failing("recv", constants.errno.ECONNRESET, () => {
      assert.equal(lingering.discard(connection.descriptor), "failed");
    });
  });

  for (const isEager of [false, true]) {
    stageIt(isEager ? "has enough at some time, if it reads as bytes come" : "never has enough otherwise", (stage) => {
      const { connection, peer } = stage.accept();
      const lingering = isEager ? new Lingering(connection.loop, () => {}) : new Lingering(connection.loop);
      assert.equal(lingering.isEager, isEager);
      const most = HELD_BYTES + LINGER_BYTES;
      peer.feed(1, Number.POSITIVE_INFINITY);
      let last = "nothing";
      for (let sent = 0; sent <= 2 * most && last === "nothing"; sent = peer.sentCount) {
        peer.pump(16_384);
        last = lingering.discard(connection.descriptor);
      }
      assert.equal(last, isEager ? "enough" : "nothing");
      lingering.cancel();
    });
  }

  stageIt("tells once when the time is up, unless it is cancelled", (stage) => {
    const { loop } = stage.accept().connection;
    let told = 0;
    for (const isCancelled of [false, true]) {
      const lingering = new Lingering(loop, () => told++);
      if (isCancelled) lingering.cancel();
    }
    stage.clock.advance(LINGER_MS - 1);
    assert.equal(told, 0);
    stage.clock.advance(LINGER_MS);
    assert.equal(told, 1);
  });
});
