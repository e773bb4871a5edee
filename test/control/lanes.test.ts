import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Lanes } from "../../src/control/lanes.ts";
import { Counters } from "../../src/session/counters.ts";
import { Totals } from "../../src/session/totals.ts";

const NOT_HTTP = { irregular: 0, answers: {} };
const QUIET = { acknowledgedVersion: 9, nowMs: 1, oldestAtMs: Number.POSITIVE_INFINITY };

function createLanes() {
  const counters = new Counters(1);
  return { counters, lanes: new Lanes(new Totals([counters])) };
}

describe("Lanes", () => {
  it("count each listener's sessions by pool, and in all", () => {
    const { counters, lanes } = createLanes();
    const web = lanes.take("web", ["a", "b"]);
    const other = lanes.take("other", ["a"]);
    assert.deepEqual(
      [web, other],
      [
        { lane: 0, lanes: { a: 1, b: 2 } },
        { lane: 3, lanes: { a: 4 } },
      ],
    );
    counters.countSession(0, "client-gone", 0, 0);
    counters.countSession(1, "client-finished", 1, 2);
    counters.countSession(2, "client-finished", 10, 20);
    counters.countSession(4, "shutdown", 100, 200);
    assert.deepEqual(lanes.counts("web"), {
      ends: { "client-finished": 2, "client-gone": 1 },
      bytesUp: 11,
      bytesDown: 22,
      ...NOT_HTTP,
      pools: [
        { pool: null, ends: { "client-gone": 1 }, bytesUp: 0, bytesDown: 0, ...NOT_HTTP },
        { pool: "a", ends: { "client-finished": 1 }, bytesUp: 1, bytesDown: 2, ...NOT_HTTP },
        { pool: "b", ends: { "client-finished": 1 }, bytesUp: 10, bytesDown: 20, ...NOT_HTTP },
      ],
    });
  });

  it("never count backwards for a listener that stays while a pool goes", () => {
    const { counters, lanes } = createLanes();
    lanes.take("web", ["a", "b"]);
    counters.countSession(2, "client-finished", 10, 20);
    lanes.keep("web", new Set(["a"]), 2);
    assert.equal(lanes.counts("web").pools.length, 3, "its sessions may still end there");
    lanes.reclaim(QUIET);
    lanes.reclaim({ ...QUIET, nowMs: 2 });
    const { ends, bytesUp, pools } = lanes.counts("web");
    assert.deepEqual([ends, bytesUp, pools.map(({ pool }) => pool)], [{ "client-finished": 1 }, 10, [null, "a"]]);
    lanes.take("other", []);
    assert.deepEqual(lanes.counts("other").ends, {}, "the lane is another's");
  });

  it("forget a listener that goes", () => {
    const { counters, lanes } = createLanes();
    const { spare } = lanes;
    assert.equal(lanes.missing("web", ["a"]), 2);
    lanes.take("web", ["a"]);
    assert.equal(lanes.missing("web", ["a", "b"]), 1);
    counters.countSession(1, "client-finished", 10, 20);
    lanes.retire("web", 2);
    lanes.reclaim(QUIET);
    assert.equal(lanes.spare, spare);
    lanes.take("web", ["a"]);
    assert.deepEqual(lanes.counts("web").ends, {});
  });
});
