import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { accepts } from "../../src/admin/accept.ts";

describe("accepts", () => {
  const cases: readonly (readonly [string | undefined, boolean])[] = [
    [undefined, true],
    ["", true],
    ["*/*", true],
    ["application/json", true],
    ["Application/JSON; q=0.5", true],
    ["application/*", true],
    ["text/html,application/xhtml+xml,*/*;q=0.8", true],
    ["text/html", false],
    ["application/json;q=0, */*", false],
    ["application/json;q=0.000", false],
    ["application/xml, text/*", false],
  ];
  for (const [header, expected] of cases) {
    it(`${expected ? "takes" : "does not take"} JSON for ${header}`, () => {
      assert.equal(accepts(header, "application/json"), expected);
    });
  }
});
