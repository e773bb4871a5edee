import assert from "node:assert/strict";
import { constants } from "node:os";
import { describe } from "node:test";
import { SHUT_WR } from "../../../src/transport/linux/constants.ts";
import { Loop } from "../../../src/transport/linux/loop.ts";
import { Pipes } from "../../../src/transport/linux/pipes.ts";
import { systemCalls } from "../../../src/transport/linux/system-calls.ts";
import { createFakeClock } from "../../support/fake-clock.ts";
import { openDescriptors } from "../../support/leaks.ts";
import { patternedSha256 } from "../../support/patterned-bytes.ts";
import { counting, failing } from "./faults.ts";
import { type Stage, stageIt, unreachable } from "./stage.ts";

const { EINTR, EINVAL, EMFILE, EPIPE } = constants.errno;
const MOST = 64;
const MOST_IDLE = 16;

/** Enough for the kernel's buffers to grow until several reads in a row are full, on a busy machine, too. */
const STREAM_BYTES = 60_000_000;

describe("Pipes", () => {
  pipesIt("gives an empty pipe out again, and closes one that is not: its bytes are somebody's", (stage, pipes) => {
    const { peer, connection } = stage.accept();
    const first = pipes.take() ?? unreachable();
    pipes.giveBack(first);
    assert.equal(pipes.take(), first);
    peer.send("secret");
    stage.settle();
    assert.equal(first.fill(connection.descriptor, 100), 6);
    const before = openDescriptors();
    pipes.giveBack(first);
    assert.equal(openDescriptors(), before - 2);
    const second = pipes.take() ?? unreachable();
    assert.deepEqual([second === first, second.countBytes], [false, 0]);
    pipes.discard(second);
  });

  pipesIt(`opens at most ${MOST} and keeps at most ${MOST_IDLE} of them`, (_stage, pipes) => {
    const before = openDescriptors();
    const taken = Array.from({ length: MOST }, () => pipes.take() ?? unreachable());
    assert.equal(pipes.take(), undefined);
    for (const pipe of taken) pipes.giveBack(pipe);
    assert.equal(openDescriptors(), before + 2 * MOST_IDLE);
  });

  pipesIt("has none where descriptors have run out, and has some later", (_stage, pipes) => {
    failing("pipe2", EMFILE, () => assert.equal(pipes.take(), undefined));
    const pipe = pipes.take() ?? unreachable();
    pipes.discard(pipe);
  });

  pipesIt("does not lose a pipe's bytes to a signal", (stage, pipes) => {
    const { peer, connection } = stage.accept();
    const pipe = pipes.take() ?? unreachable();
    peer.send("abc");
    stage.settle();
    pipe.fill(connection.descriptor, 100);
    failing("splice", EINTR, () => assert.equal(pipe.empty(connection.descriptor), 0), 1);
    pipes.giveBack(pipe);
    stage.settle();
    peer.receive();
    assert.equal(peer.text, "abc");
  });

  pipesIt("tells that a reader has gone", (stage, pipes) => {
    const { peer, connection } = stage.accept();
    const pipe = pipes.take() ?? unreachable();
    peer.send("abc");
    peer.finish();
    stage.settle();
    pipe.fill(connection.descriptor, 100);
    systemCalls().shutdown(connection.descriptor, SHUT_WR);
    assert.deepEqual([pipe.empty(connection.descriptor), pipe.countBytes], [EPIPE, 3]);
    pipes.discard(pipe);
  });

  pipesIt("is not usable any more where the kernel refuses to splice", (_stage, pipes) => {
    assert.deepEqual([pipes.isUsable, pipes.isRefused(EPIPE), pipes.isUsable], [true, false, true]);
    assert.deepEqual([pipes.isRefused(EINVAL), pipes.isUsable], [true, false]);
  });

  for (const [call, errno] of [
    ["pipe2", EMFILE],
    ["splice", EINVAL],
  ] as const) {
    stageIt(`lets a bulk stream be copied where ${call} fails`, (stage) => {
      const { client, backend } = stage.pair();
      client.feed(1, STREAM_BYTES);
      let splices = 0;
      const asked = failing(call, errno, () => {
        splices = counting("splice", () => {
          stage.until(() => {
            backend.receive();
            return client.pump() && backend.byteCount === STREAM_BYTES;
          }, "the stream");
        });
      });
      assert.ok(asked > 0 && splices <= 1, `${asked} of ${call}, ${splices} of splice`);
      assert.equal(backend.sha256(), patternedSha256(1, STREAM_BYTES));
    });
  }
});

function pipesIt(title: string, body: (stage: Stage, pipes: Pipes) => void): void {
  stageIt(title, (stage) => {
    const loop = new Loop({ clock: createFakeClock() });
    const pipes = new Pipes(loop);
    try {
      body(stage, pipes);
    } finally {
      pipes.close();
      loop.close();
    }
  });
}
