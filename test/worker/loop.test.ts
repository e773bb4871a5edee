import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runLoop } from "../../src/worker/loop.ts";
import { TurnClock } from "../../src/worker/turn-clock.ts";
import { createFakeClock } from "../support/fake-clock.ts";

/** A loop whose turns take no time but what they wait, and that stops after so many of them. */
function run(turns: number, prepare: (clock: TurnClock) => void, sessionTurns = 0) {
  const system = createFakeClock();
  const clock = new TurnClock(system);
  const waits: number[] = [];
  const said: string[] = [];
  let left = sessionTurns;
  prepare(clock);
  runLoop({
    clock,
    transport: {
      turn(maxWaitMs) {
        waits.push(maxWaitMs);
        system.jump(maxWaitMs);
        clock.refresh();
        if (said.includes("leave")) left--;
      },
    },
    worker: {
      get isStopped() {
        return waits.length >= turns;
      },
      get isEmpty() {
        return left <= 0;
      },
      leave: () => void said.push("leave"),
    },
  });
  return { waits, said };
}

describe("runLoop", () => {
  it("waits for as long as no timer is due, and not for ever", () => {
    const due: number[] = [];
    const { waits } = run(3, (clock) => {
      clock.setTimer(() => due.push(clock.nowMs()), 100);
      clock.setTimer(() => due.push(clock.nowMs()), 250);
    });
    assert.deepEqual(waits, [100, 150, 10_000]);
    assert.deepEqual(due, [100, 250]);
  });

  it("leaves when it is told to, and lets the last connections go", () => {
    const { waits, said } = run(1, () => {}, 3);
    assert.deepEqual(said, ["leave"]);
    assert.deepEqual(waits, [10_000, 0, 0, 0]);
  });

  it("does not wait for ever for what will not go", () => {
    const { waits } = run(1, () => {}, Number.POSITIVE_INFINITY);
    assert.equal(waits.length, 101);
  });

  it("throws on what a turn throws", () => {
    assert.throws(
      () =>
        run(1, (clock) => {
          clock.setTimer(() => assert.fail("a bug"), 1);
        }),
      /a bug/,
    );
  });
});
