import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nestingProblem } from "../../../src/config/file/nesting.ts";

describe("nestingProblem", () => {
  it("lets every file pass that a person would write", () => {
    const text = 'a:\n  - { b: [1, "[", { c: - } ] }\n  # [ { [\n  - - - 1\n';
    assert.equal(nestingProblem(text.repeat(10)), undefined);
    assert.equal(nestingProblem("a: []\n".repeat(10_000)), undefined);
    assert.equal(nestingProblem(""), undefined);
  });

  it("finds what goes deeper than a parser's stack should", () => {
    const message = "is nested too deeply, expected at most 100 levels";
    assert.deepEqual(nestingProblem(`\n${"[".repeat(101)}`), { at: { line: 2, column: 101 }, message });
    assert.deepEqual(nestingProblem("{a: ".repeat(101)), { at: { line: 1, column: 401 }, message });
    assert.equal(nestingProblem("- ".repeat(1_000))?.message, message);
    assert.equal(nestingProblem(`a:\n${"? : ".repeat(40)}`)?.at.line, 2);
    assert.equal(nestingProblem(`${" ".repeat(201)}a: 1`)?.message, message);
  });
});
