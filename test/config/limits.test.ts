import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { limits } from "../../src/config/limits.ts";

describe("limits", () => {
  for (const [name, { min, max }] of Object.entries(limits)) {
    it(`holds whole numbers in order for ${name}`, () => {
      assert.ok(Number.isSafeInteger(min) && Number.isSafeInteger(max) && min >= 0 && min < max);
    });

    // Longer timers of Node's fire at once, and counts live in Int32Arrays.
    it(`stays within 31 bits for ${name}`, () => assert.ok(max < 2 ** 31));
  }
});
