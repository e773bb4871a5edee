import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { expandRange, hasRange } from "../../../src/config/file/range.ts";

describe("expandRange", () => {
  it("stands for each number, both ends included", () => {
    assert.deepEqual(expandRange("w[9-11]:80"), { value: ["w9:80", "w10:80", "w11:80"] });
    assert.deepEqual(expandRange("w[08-10]"), { value: ["w08", "w09", "w10"] });
    assert.deepEqual(expandRange("w[3-3]"), { value: ["w3"] });
  });

  it("leaves other texts alone, IPv6 in brackets too", () => {
    for (const text of ["a:80", "[::1]:80", "[fe80::1%eth-0]:80", ""])
      assert.deepEqual(expandRange(text), { value: [text] });
  });

  const refused: [text: string, problem: string][] = [
    ["w[3-1]", '"w[3-1]" has a range that ends before it begins; write [1-3]'],
    ["w[1-2][1-2]", '"w[1-2][1-2]" has 2 ranges, expected one'],
    ["w[0-999999999]", '"w[0-999999999]" stands for 1,000,000,000, expected at most 4,096'],
  ];
  for (const [text, problem] of refused) {
    it(`refuses ${text}`, () => assert.deepEqual(expandRange(text), { problem }));
  }
});

describe("hasRange", () => {
  it("tells ranges from IPv6", () => {
    assert.ok(hasRange("w[1-2]"));
    assert.ok(hasRange("w[1-2]"));
    assert.ok(!hasRange("[::1]:80"));
  });
});
