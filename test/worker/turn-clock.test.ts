import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TurnClock } from "../../src/worker/turn-clock.ts";
import { createFakeClock } from "../support/fake-clock.ts";

function createClocks() {
  const system = createFakeClock({ nowMs: 1_000 });
  return { system, clock: new TurnClock(system) };
}

describe("TurnClock", () => {
  it("stands still during a turn", () => {
    const { system, clock } = createClocks();
    system.jump(5);
    assert.equal(clock.nowMs(), 1_000);
    clock.refresh();
    assert.equal(clock.nowMs(), 1_005);
    assert.equal(clock.wallMs(), system.wallMs());
  });

  it("says how long the loop may wait: until the next timer, from when the turn began", () => {
    const { system, clock } = createClocks();
    assert.equal(clock.waitMs(), Number.POSITIVE_INFINITY);
    clock.setTimer(() => {}, 100);
    const timer = clock.setTimer(() => {}, 30);
    system.jump(10);
    clock.refresh();
    assert.equal(clock.waitMs(), 20);
    timer.cancel();
    system.jump(20);
    clock.refresh();
    assert.equal(clock.waitMs(), 0, "when it would have been due it is looked up who is next");
    clock.runDue();
    assert.equal(clock.waitMs(), 70);
    system.jump(500);
    clock.refresh();
    assert.equal(clock.waitMs(), 0);
  });

  it("runs what is due, once, in the order in which it was set", () => {
    const { system, clock } = createClocks();
    const ran: string[] = [];
    clock.setTimer(() => ran.push("second"), 20);
    clock.setTimer(() => ran.push("first"), 10);
    clock.setTimer(() => ran.push("later"), 50);
    system.jump(20);
    clock.runDue();
    assert.deepEqual(ran, [], "the turn has not begun yet");
    clock.refresh();
    clock.runDue();
    clock.runDue();
    assert.deepEqual(ran, ["second", "first"]);
    assert.equal(clock.waitMs(), 30);
  });

  it("does not run what one of the callbacks cancels, and runs what it sets in a later turn", () => {
    const { system, clock } = createClocks();
    const ran: string[] = [];
    clock.setTimer(() => {
      victim.cancel();
      clock.setTimer(() => ran.push("set"), 0);
    }, 1);
    const victim = clock.setTimer(() => ran.push("cancelled"), 1);
    system.jump(1);
    clock.refresh();
    clock.runDue();
    assert.deepEqual(ran, []);
    clock.runDue();
    assert.deepEqual(ran, ["set"]);
  });

  it("looks at those only that are due, however many wait with the same delay", () => {
    const { system, clock } = createClocks();
    let ran = 0;
    const timers = Array.from({ length: 1_000 }, (_, index) => {
      system.jump(1);
      clock.refresh();
      return clock.setTimer(() => ran++, 2_000 + (index % 2));
    });
    for (const timer of timers.slice(0, 500)) timer.cancel();
    system.jump(1_500);
    clock.refresh();
    clock.runDue();
    assert.deepEqual([ran, clock.waitMs()], [0, 1]);
    for (let turn = 0; turn < 501; turn++) {
      system.jump(1);
      clock.refresh();
      clock.runDue();
    }
    assert.deepEqual([ran, clock.waitMs()], [500, Number.POSITIVE_INFINITY]);
  });
});
