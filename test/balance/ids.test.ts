import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { countUpTo, includesId } from "../../src/balance/ids.ts";

const id = fc.nat({ max: 60 });
const ascending = fc.uniqueArray(id).map((ids) => Int32Array.from(ids).sort());

describe("countUpTo", () => {
  it("counts those that are not above the id", () => {
    fc.assert(
      fc.property(ascending, fc.integer({ min: -1, max: 61 }), (ids, id) => {
        assert.equal(countUpTo(ids, ids.length, id), ids.filter((other) => other <= id).length);
      }),
    );
  });

  it("does not look past the count", () => {
    assert.equal(countUpTo(Int32Array.of(1, 4, 2, 2), 2, 3), 1);
    assert.equal(countUpTo(Int32Array.of(1, 4, 2, 2), 2, 9), 2);
    assert.equal(countUpTo(Int32Array.of(1, 4), 0, 9), 0);
  });
});

describe("includesId", () => {
  it("finds what is there and nothing else", () => {
    fc.assert(
      fc.property(ascending, fc.nat(), id, (ids, cut, id) => {
        const count = cut % (ids.length + 1);
        assert.equal(includesId(ids, count, id), ids.subarray(0, count).includes(id));
      }),
    );
  });
});
