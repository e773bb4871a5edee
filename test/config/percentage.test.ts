import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatPercentage, parsePercentage } from "../../src/config/percentage.ts";

describe("parsePercentage", () => {
  it("reads percentages as ratios", () => {
    for (const [text, ratio] of [
      ["0%", 0],
      ["10%", 0.1],
      ["12.5%", 0.125],
      ["100%", 1],
    ] as const) {
      assert.deepEqual(parsePercentage(text), { value: ratio });
      assert.equal(formatPercentage(ratio), text);
    }
  });

  it("refuses what is none", () => {
    for (const text of ["10", "101%", "-1%", "", "%"]) {
      const problem = `got ${JSON.stringify(text)}, expected a percentage from 0% to 100%`;
      assert.deepEqual(parsePercentage(text), { problem });
    }
  });
});
