import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RingDrain } from "../../src/control/ring-drain.ts";
import { createRingMemory, LogRing } from "../../src/observe/ring.ts";
import { createFakeClock } from "../support/fake-clock.ts";

/** A producer that tells the drain as a worker does; and how often it had to. */
function createWorld(capacityBytes = 1_024) {
  const clock = createFakeClock();
  const ring = new LogRing(createRingMemory(capacityBytes));
  const written: string[] = [];
  let dropped = 0;
  let tellings = 0;
  const drain = new RingDrain(
    ring,
    {
      write: (lines) => void written.push(lines.toString()),
      addDropped(count) {
        dropped += count;
      },
    },
    clock,
  );
  return {
    clock,
    ring,
    drain,
    written,
    get dropped() {
      return dropped;
    },
    get tellings() {
      return tellings;
    },
    put(line: string) {
      ring.put(`${line}\n`);
      if (!ring.claimTelling()) return;
      tellings++;
      drain.told();
    },
  };
}

describe("RingDrain", () => {
  it("takes the first line at once, and what follows in batches, told only once", () => {
    const world = createWorld();
    for (const line of ["a", "b", "c"]) world.put(line);
    assert.deepEqual(world.written, ["a\n"]);
    world.clock.advance(10);
    world.put("d");
    world.clock.advance(10);
    assert.deepEqual(world.written, ["a\n", "b\nc\n", "d\n"]);
    assert.equal(world.tellings, 1);
  });

  it("looks no more when nothing comes, until it is told again", () => {
    const world = createWorld();
    world.put("a");
    world.clock.advance(100);
    assert.equal(world.clock.pendingTimers, 0);
    world.put("b");
    assert.deepEqual([world.written, world.tellings], [["a\n", "b\n"], 2]);
  });

  it("misses no line that comes while it stops looking", () => {
    const world = createWorld();
    world.put("a");
    const idle = world.ring.idle.bind(world.ring);
    // Put by another thread, between the last look and the word that nobody looks any more: it tells nobody.
    world.ring.idle = () => {
      world.ring.put("between\n");
      assert.equal(world.ring.claimTelling(), false);
      idle();
    };
    world.clock.advance(10);
    assert.deepEqual(world.written, ["a\n", "between\n"]);
    assert.equal(world.clock.pendingTimers, 1);
  });

  it("counts what did not fit", () => {
    const world = createWorld(4);
    for (const line of ["abc", "def", "ghi"]) world.ring.put(`${line}\n`);
    world.drain.drain();
    world.drain.drain();
    assert.equal(world.dropped, 2);
  });

  it("stops when it is closed", () => {
    const world = createWorld();
    world.put("a");
    world.drain.close();
    world.drain.told();
    assert.equal(world.clock.pendingTimers, 0);
  });
});
