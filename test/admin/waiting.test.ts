import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Waiting, waitMsOf } from "../../src/admin/waiting.ts";
import { createFakeClock } from "../support/fake-clock.ts";

describe("waitMsOf", () => {
  it("is a duration of at most ten minutes", () => {
    assert.equal(waitMsOf(new Map()), undefined);
    assert.equal(waitMsOf(new Map([["wait", "1m30s"]])), 90_000);
    assert.equal(waitMsOf(new Map([["wait", "10m"]])), 600_000);
    for (const wait of ["30", "", "off", "11m", "-1s"]) {
      assert.throws(() => waitMsOf(new Map([["wait", wait]])), { code: "LB_CONFIG" }, wait);
    }
  });
});

describe("Waiting", () => {
  async function until(
    left: () => number,
    limitMs: number,
    steps: (clock: ReturnType<typeof createFakeClock>, abort: () => void) => void,
  ) {
    const clock = createFakeClock();
    const waiting = new Waiting(clock, 1);
    const controller = new AbortController();
    const seen = { isOver: false };
    const over = waiting.until(left, limitMs, controller.signal).then(() => {
      seen.isOver = true;
    });
    assert.equal(waiting.isFull, limitMs > 0 && left() > 0);
    for (let step = 0; step < 100 && !seen.isOver; step++) {
      steps(clock, () => controller.abort());
      await nextTurn();
    }
    await over;
    assert.deepEqual([clock.pendingTimers, waiting.isFull], [0, false]);
    return clock.nowMs();
  }

  it("ends when nothing is left", async () => {
    let left = 3;
    const endedMs = await until(
      () => left,
      60_000,
      (clock) => {
        left--;
        clock.advance(100);
      },
    );
    assert.ok(endedMs <= 400);
  });

  it("does not wait for what is over already", async () => {
    assert.equal(
      await until(
        () => 0,
        60_000,
        () => {},
      ),
      0,
    );
  });

  it("ends when the time is up", async () => {
    assert.equal(
      await until(
        () => 1,
        250,
        (clock) => clock.advance(50),
      ),
      250,
    );
  });

  it("ends when nobody waits any more", async () => {
    assert.equal(
      await until(
        () => 1,
        60_000,
        (_clock, abort) => abort(),
      ),
      0,
    );
  });
});
