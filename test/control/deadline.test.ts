import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inTime } from "../../src/control/deadline.ts";
import { createFakeClock } from "../support/fake-clock.ts";

const never = new Promise<string>(() => {});

describe("inTime", () => {
  it("gives what comes in time, and leaves no timer", async () => {
    const clock = createFakeClock();
    assert.equal(await inTime(clock, Promise.resolve("done"), 1_000), "done");
    assert.equal(clock.pendingTimers, 0);
  });

  it("gives undefined when the time is over", async () => {
    const clock = createFakeClock();
    const waiting = inTime(clock, never, 1_000);
    clock.advance(1_000);
    assert.equal(await waiting, undefined);
  });

  it("rejects as the work does, and leaves no timer", async () => {
    const clock = createFakeClock();
    await assert.rejects(inTime(clock, Promise.reject(new Error("refused")), 1_000), /refused/);
    assert.equal(clock.pendingTimers, 0);
  });

  it("does not mind a rejection that comes too late", async () => {
    const clock = createFakeClock();
    let reject = (_error: Error): void => {};
    const late = new Promise<never>((_resolve, onError) => {
      reject = onError;
    });
    const waiting = inTime(clock, late, 1_000);
    clock.advance(1_000);
    assert.equal(await waiting, undefined);
    reject(new Error("nobody listens any more"));
    await assert.rejects(late);
  });
});
