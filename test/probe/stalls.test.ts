import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { STALL_MS, Stalls } from "../../src/probe/stalls.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";

/** Watched from now on. */
function watched(): { clock: FakeClock; stalls: Stalls; sinceMs: number } {
  const clock = createFakeClock();
  clock.advance(12_345);
  const stalls = new Stalls(clock);
  stalls.watch();
  return { clock, stalls, sinceMs: clock.nowMs() };
}

describe("Stalls", () => {
  it("finds none while the thread runs", () => {
    const { clock, stalls, sinceMs } = watched();
    clock.advance(60_000);
    assert.equal(stalls.since(sinceMs), false);
  });

  it("notices a standstill of more than 100 ms, whenever it comes", () => {
    for (const runMs of [0, 1, 24, 25, 26, 999]) {
      const { clock, stalls, sinceMs } = watched();
      clock.advance(runMs);
      clock.jump(STALL_MS + 1);
      assert.equal(stalls.since(sinceMs), true, `after ${runMs} ms`);
    }
  });

  it("still knows of it when time goes on", () => {
    const { clock, stalls, sinceMs } = watched();
    clock.jump(STALL_MS + 1);
    clock.advance(5_000);
    assert.equal(stalls.since(sinceMs), true);
  });

  it("holds it only against what had begun before", () => {
    const { clock, stalls } = watched();
    clock.jump(5_000);
    stalls.watch();
    const laterMs = clock.nowMs();
    clock.advance(1_000);
    assert.equal(stalls.since(laterMs), false);
  });

  it("does not mind short ones", () => {
    const { clock, stalls, sinceMs } = watched();
    for (let times = 0; times < 20; times++) {
      clock.jump(STALL_MS - 25);
      clock.advance(25);
    }
    assert.equal(stalls.since(sinceMs), false);
  });

  it("sleeps while nobody watches, and wakes up without a memory of it", () => {
    const { clock, stalls } = watched();
    stalls.watch();
    stalls.unwatch();
    assert.equal(clock.pendingTimers, 1);
    stalls.unwatch();
    assert.equal(clock.pendingTimers, 0);
    clock.advance(60_000);
    stalls.watch();
    assert.equal(stalls.since(clock.nowMs()), false);
    assert.equal(clock.pendingTimers, 1);
  });
});
