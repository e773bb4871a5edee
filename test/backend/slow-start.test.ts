import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { FRACTION_UNIT, PickWeights, startedShare } from "../../src/backend/slow-start.ts";
import { openRows } from "./open-rows.ts";

const rules = fc.record({
  overMs: fc.integer({ min: 100, max: 86_400_000 }),
  from: fc.double({ min: 0, max: 1, noNaN: true }),
});
const RULE = { overMs: 30_000, from: 0.1 };

describe("startedShare", () => {
  it("begins where the rule says, and is all of it from the end on", () => {
    fc.assert(
      fc.property(rules, fc.nat(), fc.nat(), (rule, startedAtMs, moreMs) => {
        assert.equal(startedShare(rule, startedAtMs, startedAtMs), rule.from);
        assert.equal(startedShare(rule, startedAtMs, startedAtMs + rule.overMs + moreMs), 1);
      }),
    );
  });

  it("never shrinks, and stays between both", () => {
    fc.assert(
      fc.property(rules, fc.nat(), fc.array(fc.nat()), (rule, startedAtMs, times) => {
        let before = rule.from;
        for (const sinceMs of times.sort((one, other) => one - other)) {
          const share = startedShare(rule, startedAtMs, startedAtMs + sinceMs);
          assert.ok(share >= before && share <= 1, `${share} after ${before}`);
          before = share;
        }
      }),
    );
  });

  it("grows by as much in each part of the time", () => {
    const shares = [0, 10_000, 20_000, 30_000].map((sinceMs) => startedShare(RULE, 500, 500 + sinceMs));
    for (const [index, expected] of [0.1, 0.4, 0.7, 1].entries()) {
      assert.ok(Math.abs((shares[index] ?? 0) - expected) < 1e-9, `${shares.join()}`);
    }
  });

  it("is all of it for who has served from the beginning", () => {
    assert.equal(startedShare(RULE, Number.NEGATIVE_INFINITY, 0), 1);
  });

  it("is the beginning for a thread whose clock is a little behind", () => {
    assert.equal(startedShare(RULE, 1_000, 999.5), RULE.from);
  });
});

describe("PickWeights", () => {
  it("is the table's own while nobody is starting", () => {
    const { table, rows } = openRows(3);
    const weights = new PickWeights(table);
    weights.refresh(rows, RULE, 0);
    assert.equal(weights.weight, table.weight);
    assert.deepEqual([weights.unit, weights.freshUntilMs], [1, Number.POSITIVE_INFINITY]);
  });

  it("has fractions of each weight while somebody is, and has to be looked at a hundred times", () => {
    const { table, rows } = openRows(3);
    table.setWeight(1, 5);
    table.setWeight(2, 0);
    table.startedAtMs.fill(1_000, 1, 3);
    const weights = new PickWeights(table);
    weights.refresh(rows, RULE, 11_000);
    assert.deepEqual([...weights.weight.subarray(0, 3)], [FRACTION_UNIT, 5 * 0.4 * FRACTION_UNIT, 0]);
    assert.deepEqual([weights.unit, weights.freshUntilMs], [FRACTION_UNIT, 11_300]);
    weights.refresh(rows, RULE, 31_000);
    assert.equal(weights.weight, table.weight);
    assert.deepEqual([...table.weight.subarray(0, 3)], [1, 5, 0]);
  });

  it("leaves everybody something, so that one that is alone serves", () => {
    const { table, rows } = openRows(2);
    table.startedAtMs.fill(0, 0, 2);
    const weights = new PickWeights(table);
    weights.refresh(rows, { overMs: 1_000, from: 0 }, 0);
    assert.deepEqual([...weights.weight.subarray(0, 2)], [1, 1]);
  });

  it("follows a rule that is taken away", () => {
    const { table, rows } = openRows(2);
    table.startedAtMs[0] = 0;
    const weights = new PickWeights(table);
    weights.refresh(rows, RULE, 0);
    assert.equal(weights.unit, FRACTION_UNIT);
    weights.refresh(rows, undefined, 0);
    assert.equal(weights.unit, 1);
  });
});
