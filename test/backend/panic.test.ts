import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { claimTrial, endEjection, recordFailure } from "../../src/backend/ejection.ts";
import { isPanic, isWanted, wellnessOf } from "../../src/backend/panic.ts";
import { openRows } from "./open-rows.ts";

const RULE = { failures: 1, withinMs: 1, firstMs: 10_000, longestMs: 10_000 };

describe("wellnessOf", () => {
  it("counts who may serve, and who of them is neither down nor ejected", () => {
    const { table, rows, drain, markDown, markUp } = openRows(6);
    markUp(0);
    markDown(1);
    assert.equal(recordFailure(table, 2, RULE, rows, 0), true);
    drain(3);
    table.setWeight(4, 0);
    assert.deepEqual(wellnessOf(table, rows), { ready: 4, healthy: 2 });
  });

  it("takes an ejected one for well when it has returned, not when its time is over", () => {
    const { table, rows } = openRows(2);
    assert.equal(recordFailure(table, 0, RULE, rows, 0), true);
    assert.equal(claimTrial(table, 0, 10_000), true);
    assert.equal(wellnessOf(table, rows).healthy, 1);
    endEjection(table, 0, 10_001);
    assert.equal(wellnessOf(table, rows).healthy, 2);
  });
});

describe("isPanic", () => {
  it("begins below the share, not at it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }), (percent, times) => {
        const below = percent / 100;
        assert.equal(isPanic({ ready: 100 * times, healthy: percent * times }, below), false);
        assert.equal(isPanic({ ready: 100 * times, healthy: percent * times - 1 }, below), true);
      }),
    );
  });

  it("never is where it is off, nor where there is nobody to spread sessions over", () => {
    assert.equal(isPanic({ ready: 5, healthy: 0 }, undefined), false);
    assert.equal(isPanic({ ready: 0, healthy: 0 }, 1), false);
    assert.equal(isPanic({ ready: 5, healthy: 0 }, 0), false);
  });
});

describe("isWanted", () => {
  it("asks the operator only", () => {
    const { table, drain, markDown } = openRows(3);
    markDown(0);
    drain(1);
    table.setWeight(2, 0);
    assert.deepEqual(
      [0, 1, 2].map((row) => isWanted(table, row)),
      [true, false, false],
    );
  });
});
