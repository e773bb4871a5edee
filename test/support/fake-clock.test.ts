import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createFakeClock } from "./fake-clock.ts";

describe("createFakeClock", () => {
  it("stands still by itself, and both its times move together", () => {
    const clock = createFakeClock({ nowMs: 1_000, wallMs: 5_000 });
    assert.deepEqual([clock.nowMs(), clock.wallMs()], [1_000, 5_000]);
    clock.advance(20);
    clock.jump(3);
    assert.deepEqual([clock.nowMs(), clock.wallMs()], [1_023, 5_023]);
  });

  it("runs what falls due in order, each at its own time, and nothing else", () => {
    const clock = createFakeClock();
    const ran: [name: string, atMs: number][] = [];
    for (const [name, delayMs] of [
      ["c", 30],
      ["a", 10],
      ["b", 20],
      ["b too", 20],
      ["d", 31],
    ] as const) {
      clock.setTimer(() => ran.push([name, clock.nowMs()]), delayMs);
    }
    clock.advance(30);
    assert.deepEqual(ran, [
      ["a", 10],
      ["b", 20],
      ["b too", 20],
      ["c", 30],
    ]);
    assert.equal(clock.nowMs(), 30);
    assert.equal(clock.pendingTimers, 1);
  });

  it("runs what a callback sets, if it falls due on the way", () => {
    const clock = createFakeClock();
    const ranMs: number[] = [];
    function again(): void {
      ranMs.push(clock.nowMs());
      clock.setTimer(again, 10);
    }
    again();
    clock.advance(35);
    assert.deepEqual(ranMs, [0, 10, 20, 30]);
  });

  it("lets the time pass although a timer of 0 ms sets itself anew", () => {
    const clock = createFakeClock();
    let runs = 0;
    function again(): void {
      runs += 1;
      clock.setTimer(again, 0);
    }
    clock.setTimer(again, 0);
    clock.advance(5);
    assert.equal(runs, 5);
  });

  it("does not run what was cancelled, also not by a callback of the same moment", () => {
    const clock = createFakeClock();
    let hasRun = false;
    clock.setTimer(() => second.cancel(), 10);
    const second = clock.setTimer(() => {
      hasRun = true;
    }, 10);
    clock.advance(10);
    assert.equal(hasRun, false);
    assert.equal(clock.pendingTimers, 0);
  });

  it("runs late, in order and at the later time, what fell due in a jump", () => {
    const clock = createFakeClock();
    const ran: [name: string, atMs: number][] = [];
    clock.setTimer(() => ran.push(["b", clock.nowMs()]), 20);
    clock.setTimer(() => ran.push(["a", clock.nowMs()]), 10);
    clock.jump(1_000);
    assert.deepEqual(ran, []);
    assert.equal(clock.pendingTimers, 2);
    clock.advance(0);
    assert.deepEqual(ran, [
      ["a", 1_000],
      ["b", 1_000],
    ]);
  });
});
