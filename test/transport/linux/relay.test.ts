import assert from "node:assert/strict";
import { describe } from "node:test";
import { FLUSH_BEFORE_RESET_MS } from "../../../src/transport/transport.ts";
import { stageIt } from "./stage.ts";

describe("LinuxRelay", () => {
  stageIt("passes on data and FIN that come in one edge", (stage) => {
    for (let time = 0; time < 20; time++) {
      const pair = stage.pair();
      stage.settle();
      pair.client.send("question");
      pair.client.finish();
      assert.deepEqual([stage.untilEnd(pair.backend).text, pair.backend.end], ["question", "finished"]);
      pair.backend.send("answer");
      pair.backend.finish();
      assert.deepEqual([stage.untilEnd(pair.client).text, pair.client.end], ["answer", "finished"]);
      stage.untilOver(pair);
      assert.deepEqual([pair.relay.finishedFirst, pair.relay.failedSide], ["client", undefined]);
    }
  });

  stageIt("relays what somebody peeked at in vain", (stage) => {
    const accepted = stage.accept();
    accepted.peer.send("ab");
    stage.callbacks.during(() => accepted.connection.peek(2));
    stage.settle();
    assert.deepEqual(accepted.owner.prefixes, []);
    const { backend } = stage.relay(accepted, stage.reach());
    stage.settle();
    backend.receive();
    assert.equal(backend.text, "ab");
  });

  for (const side of ["client", "backend"] as const) {
    stageIt(`ends when it begins with a ${side} whose reset has just been noticed by a write`, (stage) => {
      const accepted = stage.accept();
      const reached = stage.reach();
      const gone = side === "client" ? accepted : reached;
      stage.settle();
      gone.peer.send("last words");
      gone.peer.reset();
      stage.callbacks.during(() => gone.connection.write(Buffer.from("PROXY")));
      const pair = stage.relay(accepted, reached);
      stage.untilOver(pair);
      assert.deepEqual([pair.relay.failedSide, pair.relay.failure], [side, "reset"]);
      const other = stage.untilEnd(side === "client" ? pair.backend : pair.client);
      assert.deepEqual([other.text, other.end], ["last words", "reset"]);
    });
  }

  stageIt("names the side that failed when a write is the first to tell of it", (stage) => {
    const pair = stage.pair();
    stage.settle();
    pair.client.send("x");
    pair.backend.reset();
    stage.untilOver(pair);
    assert.deepEqual([pair.relay.failedSide, pair.relay.failureCode !== null], ["backend", true]);
    assert.equal(stage.untilEnd(pair.client).end, "reset");
  });

  stageIt("gives a stuck reader a second for what came before a reset, and not more", (stage) => {
    const pair = stage.pair({ bufferBytes: 200_000 });
    pair.client.feed(1, Number.POSITIVE_INFINITY);
    stage.pumpTillStuck(pair.client);
    pair.client.reset();
    stage.settle();
    stage.clock.advance(FLUSH_BEFORE_RESET_MS - 1);
    stage.settle();
    assert.equal(pair.observer.isEnded, false);
    stage.clock.advance(1);
    stage.settle();
    assert.equal(pair.observer.isEnded, true);
    assert.equal(pair.relay.failedSide, "client");
    assert.equal(stage.untilEnd(pair.backend).end, "reset");
  });
});
