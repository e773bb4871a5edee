import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatStatusRange, parseStatusRange } from "../../src/config/status-range.ts";

describe("parseStatusRange", () => {
  for (const [text, min, max] of [
    ["200", 200, 200],
    ["200-299", 200, 299],
    ["100-599", 100, 599],
  ] as const) {
    it(`reads ${text}, which formatStatusRange writes again`, () => {
      assert.deepEqual(parseStatusRange(text), { value: { min, max } });
      assert.equal(formatStatusRange({ min, max }), text);
    });
  }

  for (const text of ["", "2xx", "99", "600", "299-200", "200-", "200-299-300"]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      const problem = `got ${JSON.stringify(text)}, expected a status or a range from 100 to 599, such as 200-299`;
      assert.deepEqual(parseStatusRange(text), { problem });
    });
  }
});
