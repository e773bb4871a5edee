import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DrainWatch } from "../../src/control/drain-watch.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";

interface World {
  readonly clock: FakeClock;
  readonly watch: DrainWatch;
  readonly rule: { afterMs: number | undefined };
  /** When it was over. */
  readonly over: readonly number[];
}

function createWorld(afterMs: number | undefined): World {
  const clock = createFakeClock({ nowMs: 1_000 });
  const rule = { afterMs };
  const over: number[] = [];
  const watch = new DrainWatch(
    clock,
    () => rule.afterMs,
    () => void over.push(clock.nowMs()),
  );
  return { clock, watch, rule, over };
}

describe("DrainWatch", () => {
  it("says once that the time is over", () => {
    const { clock, watch, over } = createWorld(30_000);
    watch.begin();
    clock.advance(29_999);
    assert.deepEqual(over, []);
    clock.advance(100_000);
    assert.deepEqual(over, [31_000]);
    assert.equal(clock.pendingTimers, 0);
  });

  it("counts from the first time that it began", () => {
    const { clock, watch, over } = createWorld(30_000);
    watch.begin();
    clock.advance(20_000);
    watch.begin();
    clock.advance(10_000);
    assert.deepEqual(over, [31_000]);
  });

  it("is called off, and begins anew", () => {
    const { clock, watch, over } = createWorld(30_000);
    watch.begin();
    clock.advance(20_000);
    watch.end();
    assert.equal(clock.pendingTimers, 0);
    clock.advance(20_000);
    watch.begin();
    clock.advance(30_000);
    assert.deepEqual(over, [71_000]);
  });

  it("never is where sessions may finish, until that changes", () => {
    const { clock, watch, rule, over } = createWorld(undefined);
    watch.look();
    watch.begin();
    clock.advance(20_000);
    assert.equal(clock.pendingTimers, 0);
    rule.afterMs = 30_000;
    watch.look();
    clock.advance(9_999);
    assert.deepEqual(over, []);
    clock.advance(1);
    assert.deepEqual(over, [31_000]);
  });

  it("is over soon where it would have been over already, and not within the call", () => {
    const { clock, watch, rule, over } = createWorld(60_000);
    watch.begin();
    clock.advance(20_000);
    rule.afterMs = 0;
    watch.look();
    assert.deepEqual(over, []);
    clock.advance(1);
    assert.equal(over.length, 1);
  });
});
