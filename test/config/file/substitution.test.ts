import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { substitute } from "../../../src/config/file/substitution.ts";
import { plainOf } from "../../../src/config/file/tree.ts";
import { parseTree } from "../../../src/config/file/yaml-tree.ts";

function substituted(value: string, environment: Record<string, string> = {}): [unknown, string | undefined] {
  const { tree } = parseTree(JSON.stringify([value]));
  assert.ok(tree !== undefined);
  const { tree: filled, problems } = substitute(tree, environment);
  return [(plainOf(filled) as unknown[])[0], problems[0]?.message];
}

describe("substitute", () => {
  it("puts variables in, anywhere in a value", () => {
    assert.deepEqual(substituted("${A}:${B}", { A: "x", B: "1" }), ["x:1", undefined]);
    assert.deepEqual(substituted("a ${A}b", { A: "" }), ["a b", undefined]);
  });

  it("takes the default where a variable is not set or empty", () => {
    assert.deepEqual(substituted("${A:-x:1}"), ["x:1", undefined]);
    assert.deepEqual(substituted("${A:-}"), ["", undefined]);
    assert.deepEqual(substituted("${A:-x}", { A: "" }), ["x", undefined]);
    assert.deepEqual(substituted("${A:-x}", { A: "y" }), ["y", undefined]);
  });

  it("leaves a dollar alone that begins no variable, and one that is doubled", () => {
    for (const text of ["$A", "^/a$", "$", "$$"]) assert.deepEqual(substituted(text), [text, undefined]);
    assert.deepEqual(substituted("$${A}"), ["${A}", undefined]);
  });

  it("does not look into what a variable holds", () => {
    assert.deepEqual(substituted("${A}", { A: "${B}", B: "x" }), ["${B}", undefined]);
  });

  it("says what is missing", () => {
    assert.equal(substituted("${A}")[1], "the variable A is not set; set it, or write ${A:-default}");
    const malformed =
      "has a ${ that begins no variable, expected ${NAME} or ${NAME:-default}; write $${ for the text ${";
    for (const text of ["${", "${}", "${1}", "${A", "${A-b}"]) assert.equal(substituted(text)[1], malformed);
  });

  it("knows nothing that every object inherits", () => {
    assert.match(substituted("${constructor}")[1] ?? "", /is not set/);
  });
});
