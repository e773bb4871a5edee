import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { substitute } from "../../../src/config/file/substitution.ts";
import { find, plainOf, substituted } from "../../../src/config/file/tree.ts";
import { parseTree } from "../../../src/config/file/yaml-tree.ts";

const { tree } = parseTree('a:\n  - { b: 1 }\n  - "${X}"\n');
assert.ok(tree !== undefined);

describe("find", () => {
  it("knows where a value is, and where its key is", () => {
    assert.deepEqual(find(tree, ["a", 0, "b"]).at, { line: 2, column: 10 });
    assert.deepEqual(find(tree, ["a", 0, "b"]).keyAt, { line: 2, column: 7 });
    assert.deepEqual(find(tree, ["a"]).keyAt, { line: 1, column: 1 });
  });

  it("ends at what holds a value that is not there", () => {
    assert.deepEqual(find(tree, ["a", 0, "c", 5]), {
      node: undefined,
      at: { line: 2, column: 5 },
      keyAt: { line: 2, column: 5 },
    });
    assert.equal(find(tree, ["constructor"]).node, undefined);
  });
});

describe("plainOf", () => {
  it("gives plain values", () => assert.deepEqual(plainOf(tree), { a: [{ b: 1 }, "${X}"] }));
});

describe("substituted", () => {
  it("finds what comes from variables", () => {
    const { tree: filled } = substitute(tree, { X: "secret" });
    assert.deepEqual(
      substituted(filled).map(({ value, written }) => [value, written]),
      [["secret", "${X}"]],
    );
    assert.deepEqual(substituted(tree), []);
  });
});
