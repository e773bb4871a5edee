import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readyScripts } from "../../src/config/probe-options.ts";
import { EXPECT_REGEX } from "../../src/config/probe-schema.ts";
import { readySteps } from "../../src/config/probe-scripts.ts";
import { parseBoundedRegex } from "../../src/route/bounded-regex.ts";

// What they find is in test/probe/script.test.ts, what real servers say of it in test/e2e/probes.test.ts.
describe("readySteps", () => {
  for (const name of readyScripts) {
    it(`asks and expects for ${name}, by patterns that are allowed`, () => {
      const [send, expect] = readySteps[name];
      assert.equal(send?.kind, "send");
      assert.ok(expect?.kind === "expect-regex");
      assert.ok("value" in parseBoundedRegex(expect.source, EXPECT_REGEX));
    });
  }
});
