import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseRegex } from "../../src/route/regex-syntax.ts";

describe("parseRegex", () => {
  it("gives the tree of a pattern", () => {
    const parsed = parseRegex("^a|[b-d]+");
    assert.ok("value" in parsed && parsed.value.kind === "choice");
    const [left, right] = parsed.value.nodes;
    assert.ok(left?.kind === "sequence" && right?.kind === "sequence");
    assert.deepEqual(
      left.nodes.map(({ kind }) => kind),
      ["start", "set"],
    );
    const [repeat] = right.nodes;
    assert.ok(
      repeat?.kind === "repeat" && repeat.least === 1 && repeat.most === Infinity && repeat.node.kind === "set",
    );
    assert.deepEqual(
      Array.from(repeat.node.set.entries(), ([code, is]) => (is === 1 ? String.fromCharCode(code) : "")).join(""),
      "bcd",
    );
  });

  it("gives a problem in words for what it does not take", () => {
    const parsed = parseRegex("(?=a)");
    assert.ok("problem" in parsed);
    assert.match(parsed.problem, /^the path-regex "\(\?=a\)" looks ahead or behind/);
  });
});
