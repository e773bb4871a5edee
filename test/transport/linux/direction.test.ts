import assert from "node:assert/strict";
import { constants } from "node:os";
import { describe } from "node:test";
import { BYTES_PER_TURN, SPLICED_BYTES_PER_TURN } from "../../../src/transport/transport.ts";
import { openDescriptors } from "../../support/leaks.ts";
import { patternedSha256 } from "../../support/patterned-bytes.ts";
import { counting, failing } from "./faults.ts";
import type { RawPeer } from "./raw-peer.ts";
import { type Pair, type Stage, stageIt } from "./stage.ts";

const { EMFILE } = constants.errno;
const BULK_BYTES = 12_000_000;
const BUFFER_BYTES = 200_000;
/** Of the loop. */
const BUFFER_READ_BYTES = 65_536;

interface Way {
  readonly pair: Pair;
  readonly from: RawPeer;
  readonly to: RawPeer;
}

describe("Direction", () => {
  stageIt("goes over to splice for a bulk stream, back to copying when it slows, and over again", (stage) => {
    const { pair, from, to } = way(stage, "up");
    const before = openDescriptors();
    from.feed(1, 2 * BULK_BYTES + 1_000);
    carry(stage, { pair, from, to }, BULK_BYTES);
    assert.equal(openDescriptors(), before + 2, "one pipe carries it");
    for (let piece = 0; piece < 10; piece++) carry(stage, { pair, from, to }, 100);
    carry(stage, { pair, from, to }, Number.POSITIVE_INFINITY);
    from.finish();
    stage.untilEnd(to);
    assert.deepEqual([to.end, to.byteCount], ["finished", 2 * BULK_BYTES + 1_000]);
    assert.equal(to.sha256(), patternedSha256(1, to.byteCount));
  });

  for (const direction of ["up", "down"] as const) {
    for (const filling of ["empty", "between", "full"] as const) {
      describe(`${direction}, splicing, with its pipe ${filling}`, () => {
        stageIt("passes on a FIN behind all that came", (stage) => {
          const way = splicing(stage, direction, filling);
          way.from.finish();
          stage.untilEnd(way.to);
          assertWhole(way, "finished");
          way.to.send("half-open");
          way.to.finish();
          assert.equal(stage.untilEnd(way.from).text, "half-open");
          stage.untilOver(way.pair);
          assert.equal(way.pair.relay.failedSide, undefined);
        });

        stageIt("passes on a reset of the sender behind what came", (stage) => {
          const way = splicing(stage, direction, filling);
          way.from.reset();
          stage.untilEnd(way.to);
          assert.equal(way.to.end, "reset");
          const { relay } = way.pair;
          const came = direction === "up" ? relay.bytesUp : relay.bytesDown;
          // What a slow reader's window had no room for goes with the RST: the kernel drops it.
          assert.ok(filling === "empty" ? way.to.byteCount === came : way.to.byteCount <= came);
          assert.equal(way.to.sha256(), patternedSha256(2, way.to.byteCount));
          stage.untilOver(way.pair);
          assert.deepEqual([relay.failedSide, relay.failure], [sides(direction).from, "reset"]);
        });

        stageIt("passes on a reset of the reader", (stage) => {
          const way = splicing(stage, direction, filling);
          way.to.reset();
          way.from.pump(1);
          assert.equal(stage.untilEnd(way.from).end, "reset");
          stage.untilOver(way.pair);
          const { relay } = way.pair;
          assert.deepEqual([relay.failedSide, relay.failure], [sides(direction).to, "reset"]);
        });

        stageIt("ends at once when it is aborted", (stage) => {
          const { pair, from, to } = splicing(stage, direction, filling);
          stage.callbacks.during(() => pair.relay.abort());
          stage.transport.turn(0);
          assert.equal(pair.observer.isEnded, true);
          assert.deepEqual([stage.untilEnd(from).end, stage.untilEnd(to).end], ["reset", "reset"]);
          assert.equal(pair.relay.failedSide, undefined);
        });

        stageIt("passes on what comes behind an urgent byte, without it, and the FIN behind that", (stage) => {
          const way = splicing(stage, direction, filling);
          // Room for it in the sender's kernel.
          const sent = way.from.sentCount;
          stage.until(() => {
            way.to.receive(100_000);
            return way.from.pump(1) || way.from.sentCount > sent;
          }, "room");
          way.from.sendUrgent();
          way.from.send("behind it");
          way.from.finish();
          stage.untilEnd(way.to);
          assert.deepEqual([way.to.end, way.to.byteCount], ["finished", way.from.sentCount]);
        });
      });
    }
  }

  for (const isSpliced of [false, true]) {
    stageIt(`moves no more than its share in a turn${isSpliced ? ", by splice as well" : ""}`, (stage) => {
      const { client, backend, relay } = stage.pair();
      client.feed(1, Number.POSITIVE_INFINITY);
      const share = isSpliced ? SPLICED_BYTES_PER_TURN : BYTES_PER_TURN;
      let most = 0;
      const run = (): void => {
        for (let turn = 0; turn < 100; turn++) {
          client.pump();
          backend.receive();
          const before = relay.bytesUp;
          stage.transport.turn(0);
          most = Math.max(most, relay.bytesUp - before);
        }
      };
      if (isSpliced) run();
      else failing("pipe2", EMFILE, run);
      // How much there is at once is the kernel's affair; more than a quarter takes several reads.
      assert.ok(most > share / 4 && most <= share, `${most} bytes`);
    });
  }

  for (const [what, isShutAtOnce] of [
    ["asks a gate about", false],
    ["discards behind a shut gate", true],
  ] as const) {
    stageIt(`${what} no more than its share in a turn, and without a pipe`, (stage) => {
      const gate = { isOpen: false, pass: ({ length }: Uint8Array) => (isShutAtOnce ? 0 : length) };
      const { client, backend } = stage.relay(stage.accept(), stage.reach(), gate);
      client.feed(1, Number.POSITIVE_INFINITY);
      const before = openDescriptors();
      let most = 0;
      for (let turn = 0; turn < 100; turn++) {
        client.pump();
        backend.receive();
        most = Math.max(
          most,
          counting("recv", () => stage.transport.turn(0)),
        );
      }
      assert.ok(most > 1 && most <= BYTES_PER_TURN / BUFFER_READ_BYTES, `${most} reads`);
      assert.equal(openDescriptors(), before);
      assert.equal(backend.byteCount > 0, !isShutAtOnce);
    });
  }

  stageIt("goes over to splice once a gate has opened", (stage) => {
    let left = 1_000_000;
    const gate = {
      get isOpen() {
        return left <= 0;
      },
      pass({ length }: Uint8Array) {
        left -= length;
        return length;
      },
    };
    const { client, backend, relay } = stage.relay(stage.accept(), stage.reach(), gate);
    client.feed(1, BULK_BYTES);
    const splices = counting("splice", () => {
      stage.until(() => {
        client.pump();
        backend.receive();
        return backend.byteCount === BULK_BYTES;
      }, "all of it");
    });
    assert.ok(splices > 0);
    assert.deepEqual([relay.bytesUp, backend.sha256()], [BULK_BYTES, patternedSha256(1, BULK_BYTES)]);
  });

  stageIt("resets both sides where a gate has a bug, and the loop goes on", (stage) => {
    const gate = {
      isOpen: false,
      pass(): number {
        throw new Error("a bug");
      },
    };
    const pair = stage.relay(stage.accept(), stage.reach(), gate);
    pair.client.send("question");
    assert.deepEqual([stage.untilEnd(pair.client).end, stage.untilEnd(pair.backend).end], ["reset", "reset"]);
    stage.untilOver(pair);
    assert.equal(stage.bugs.splice(0).length, 1);
  });

  stageIt("passes on what comes behind an urgent byte in a stream of small pieces", (stage) => {
    const { from, to } = way(stage, "up");
    for (const piece of ["a", "b"]) {
      from.send(piece);
      from.sendUrgent();
      from.send(piece);
      stage.until(() => {
        to.receive();
        return to.byteCount === from.sentCount;
      }, "what is behind the urgent byte");
    }
    assert.equal(to.text, "aabb");
  });
});

/** A relay, and the two ends of one of its directions. */
function way(stage: Stage, direction: "up" | "down"): Way {
  const pair = stage.pair({ bufferBytes: BUFFER_BYTES });
  const names = sides(direction);
  return { pair, from: pair[names.from], to: pair[names.to] };
}

function sides(direction: "up" | "down"): { from: "client" | "backend"; to: "client" | "backend" } {
  return direction === "up" ? { from: "client", to: "backend" } : { from: "backend", to: "client" };
}

/** Carries so many bytes of what `from` has been fed, until all of them have arrived. */
function carry(stage: Stage, { from, to }: Way, countBytes: number): void {
  const due = from.sentCount + countBytes;
  let isAll = false;
  stage.until(() => {
    if (!isAll && from.sentCount < due) isAll = from.pump(due - from.sentCount);
    to.receive();
    return (isAll || from.sentCount === due) && to.byteCount === from.sentCount;
  }, "a stream to be carried");
}

/** A direction that has gone over to splice. Between: its reader takes some, and then none. */
function splicing(stage: Stage, direction: "up" | "down", filling: "empty" | "between" | "full"): Way {
  const found = way(stage, direction);
  found.from.feed(2, Number.POSITIVE_INFINITY);
  carry(stage, found, BULK_BYTES);
  if (filling === "empty") return found;
  stage.pumpTillStuck(found.from);
  if (filling === "full") return found;
  found.to.receive(BUFFER_BYTES / 2);
  stage.settle();
  return found;
}

function assertWhole({ from, to }: Way, end: RawPeer["end"]): void {
  assert.deepEqual([to.end, to.byteCount], [end, from.sentCount]);
  assert.equal(to.sha256(), patternedSha256(2, to.byteCount));
}
