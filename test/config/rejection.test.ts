import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseRejection } from "../../src/config/rejection.ts";

describe("parseRejection", () => {
  it("takes a status of a refusal, close and reset", () => {
    assert.deepEqual(parseRejection("403"), { value: 403 });
    assert.deepEqual(parseRejection("close"), { value: "close" });
    assert.deepEqual(parseRejection("reset"), { value: "reset" });
  });

  it("refuses all else", () => {
    for (const text of ["200", "600", "40", "403x", "", "drop"]) {
      const problem = `got ${JSON.stringify(text)}, expected a status from 400 to 599, close or reset`;
      assert.deepEqual(parseRejection(text), { problem });
    }
  });
});
