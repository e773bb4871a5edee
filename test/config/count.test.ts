import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { expectedCount, grouped, parseCount, parseCountOr } from "../../src/config/count.ts";

const range = { min: 1, max: 1000 };

describe("parseCount", () => {
  it("reads whole numbers within the range, both ends included", () => {
    for (const count of [1, 2, 999, 1000]) assert.deepEqual(parseCount(String(count), range), { value: count });
  });

  for (const text of [
    "0",
    "1001",
    "-3",
    "+3",
    "1.5",
    "1e2",
    "0x10",
    "1_0",
    "1,000",
    "",
    " 1",
    "abc",
    "NaN",
    "Infinity",
  ]) {
    it(`refuses "${text}" and says what it expects`, () => {
      const problem = `got ${JSON.stringify(text)}, expected a whole number from 1 to 1,000`;
      assert.deepEqual(parseCount(text, range), { problem });
    });
  }

  it("never throws, and never leaves the range", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.bigInt().map(String)), (text) => {
        const parsed = parseCount(text, range);
        if ("value" in parsed) assert.ok(parsed.value >= range.min && parsed.value <= range.max);
      }),
    );
  });
});

describe("parseCountOr", () => {
  it("reads the word and whole numbers", () => {
    assert.deepEqual(parseCountOr("off", range, "off"), { value: "off" });
    assert.deepEqual(parseCountOr("5", range, "off"), { value: 5 });
  });

  it("names the word where it refuses", () => {
    const problem = 'got "none", expected a whole number from 1 to 1,000, or off';
    assert.deepEqual(parseCountOr("none", range, "off"), { problem });
  });
});

describe("expectedCount", () => {
  it("names both ends", () => assert.equal(expectedCount({ min: 0, max: 256 }), "a whole number from 0 to 256"));
});

describe("grouped", () => {
  it("puts commas between thousands", () => assert.equal(grouped(86_400_000), "86,400,000"));
});
