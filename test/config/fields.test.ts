import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fieldsOf, isRecord, known, recordsIn } from "../../src/config/fields.ts";

describe("fieldsOf", () => {
  it("knows an object's own fields, and nothing of what is no object", () => {
    assert.deepEqual([...(fieldsOf({ a: 1 }) ?? [])], [["a", 1]]);
    for (const value of [undefined, null, "x", 1, [1]]) assert.equal(fieldsOf(value), undefined);
    assert.equal(fieldsOf({})?.get("constructor"), undefined);
  });
});

describe("known", () => {
  it("names some to choose from, and not thousands", () => {
    assert.equal(known(["a", "b"]), 'the pools are "a", "b"');
    assert.match(known(Array.from({ length: 1_000 }, (_, index) => `p${index}`)), /^.{1,100}, …$/);
  });
});

describe("isRecord and recordsIn", () => {
  it("tell objects from lists and the rest", () => {
    assert.ok(isRecord({}));
    for (const value of [null, [], "x", undefined]) assert.ok(!isRecord(value));
    assert.deepEqual(recordsIn([{ a: 1 }, 2, null, []]), [{ a: 1 }]);
    assert.deepEqual(recordsIn({ a: 1 }), []);
  });
});
