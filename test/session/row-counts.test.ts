import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Counters, dialResults, type RowCounts } from "../../src/session/counters.ts";
import { addCounts, subtractCounts, ZERO_COUNTS } from "../../src/session/row-counts.ts";

// As the counters make them, with a prototype.
const counts: fc.Arbitrary<RowCounts> = fc
  .array(fc.nat(), { minLength: 10, maxLength: 10 })
  .map(([ok = 0, refused = 0, timeout = 0, reset = 0, unreachable = 0, local = 0, ...rest]) => {
    const [sessions = 0, bytesUp = 0, bytesDown = 0, ejections = 0] = rest;
    return { dials: { ok, refused, timeout, reset, unreachable, local }, sessions, bytesUp, bytesDown, ejections };
  });

describe("row counts", () => {
  it("have every figure that a row has", () => {
    assert.deepEqual(ZERO_COUNTS, new Counters(1).row(0));
    assert.deepEqual(Object.keys(ZERO_COUNTS.dials), [...dialResults]);
  });

  it("add up, figure by figure, in any order", () => {
    fc.assert(
      fc.property(counts, counts, (one, other) => {
        const sum = addCounts(one, other);
        assert.deepEqual(sum, addCounts(other, one));
        assert.equal(sum.bytesUp, one.bytesUp + other.bytesUp);
        assert.equal(sum.dials.timeout, one.dials.timeout + other.dials.timeout);
        assert.deepEqual(addCounts(one, ZERO_COUNTS), one);
      }),
    );
  });

  it("give back what was added", () => {
    fc.assert(
      fc.property(counts, counts, (before, since) => {
        assert.deepEqual(subtractCounts(addCounts(before, since), before), since);
      }),
    );
  });
});
