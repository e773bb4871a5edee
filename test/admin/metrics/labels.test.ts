import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { labelText, withLabel } from "../../../src/admin/metrics/labels.ts";
import { parseLabels } from "./exposition.ts";

describe("labelText", () => {
  it("is what a series has between its braces", () => {
    assert.equal(labelText({ pool: "web", backend: "a" }), 'pool="web",backend="a"');
    assert.equal(labelText({}), "");
  });

  it("keeps any value from becoming something else", () => {
    assert.equal(labelText({ pool: 'a"b\\c\nd' }), 'pool="a\\"b\\\\c\\nd"');
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), (pool, backend) =>
        assert.deepEqual(parseLabels(labelText({ pool, backend })), { pool, backend }),
      ),
    );
  });
});

describe("withLabel", () => {
  it("adds one at the end", () => {
    assert.equal(withLabel('pool="web"', "state", "up"), 'pool="web",state="up"');
    assert.equal(withLabel("", "worker", "0"), 'worker="0"');
  });
});
