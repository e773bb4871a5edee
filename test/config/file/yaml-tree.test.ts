import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { plainOf } from "../../../src/config/file/tree.ts";
import { parseTree } from "../../../src/config/file/yaml-tree.ts";

function plain(text: string): unknown {
  const { tree, problems } = parseTree(text);
  assert.deepEqual(problems, []);
  assert.ok(tree !== undefined);
  return plainOf(tree);
}

function problems(text: string): string[] {
  return parseTree(text).problems.map(
    ({ at, path, message }) => `${at.line}:${at.column} ${path.join(".")}: ${message}`,
  );
}

describe("parseTree", () => {
  it("reads YAML, and JSON", () => {
    const value = { a: [1, "x", true, null], b: { c: "1e3" } };
    assert.deepEqual(plain("a: [1, x, true, ~]\nb:\n  c: 1e3 # as it is written\n"), value);
    assert.deepEqual(plain('{"a": [1, "x", true, null], "b": {"c": "1e3"}}'), value);
  });

  it("knows YAML 1.2: only true and false are truth values, and times are texts", () => {
    assert.deepEqual(plain("[on, off, yes, no, 1:30, 2026-01-01]"), ["on", "off", "yes", "no", "1:30", "2026-01-01"]);
  });

  it("follows aliases, and merges maps below what is said", () => {
    assert.deepEqual(plain("x: &x { a: 1, b: 2 }\ny: { <<: *x, b: 3 }\nz: { <<: [{ a: 5 }, *x] }\nl: *x\n"), {
      x: { a: 1, b: 2 },
      y: { a: 1, b: 3 },
      z: { a: 5, b: 2 },
      l: { a: 1, b: 2 },
    });
  });

  const refused: [text: string, problem: RegExp][] = [
    ["", /^1:1 : the file is empty; it begins with version: 1$/],
    ["# nothing\n", /the file is empty/],
    ["a: 1\nb: 2\na: 3\n", /^3:1 a: is there twice, first in line 1; leave one out$/],
    ["a:\n  listen: [::]:80\n", /^2:15 : \[::\]:80 begins a list to YAML; write it in quotes: "\[::\]:80"$/],
    ["a: { listen: [80, [::1]:80] }\n", /\[::1\]:80 begins a list to YAML/],
    ["a:\n  - [::]:80\n", /\[::\]:80 begins a list to YAML/],
    ["a: { b: ${X} }\n", /^1:10 : within { } and \[ \], \$\{X\} stands in quotes: "\$\{X\}"$/],
    ["a: *x\n", /^1:4 a: \*x names no anchor before it; write &NAME where it is meant$/],
    ["a: &a [*a]\n", /the file holds more than 32 levels, perhaps an alias within its own anchor$/],
    ["a: !secret hunter2\n", /^1:12 a: has a tag of its own, which means nothing here; leave the ! and its word out$/],
    ["a: 1\n---\nb: 2\n", /the file holds a second document, expected one; remove the ---$/],
    ["a:\n\t- b\n", /^2:1 : a tab can't indent; write spaces$/],
    ["a: 'x\n", /something is not closed/],
    ["a: [1\n", /a bracket is not closed/],
    ["a: b: c\n", /is written in quotes/],
    ["? [a]\n: 1\n", /has a key that is no text, expected a name$/],
    ["a: { <<: 5 }\n", /a.<<: expected a map to merge, or a list of maps, such as \*NAME$/],
  ];
  for (const [text, problem] of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      const [first = "", second] = problems(text);
      assert.match(first, problem);
      assert.equal(second, undefined);
    });
  }

  it("never shows what is in the file, but for names", () => {
    for (const text of [
      "a: !!int hunter2\n",
      "a: 'hunter2\n",
      "a: @hunter2\n",
      "%hunter2\n---\na: 1\n",
      "- hunter2\nb: 1\n",
    ]) {
      assert.doesNotMatch(problems(text).join(), /hunter2/);
    }
  });

  it("is bounded in bytes, in levels and in what aliases make of few of them", () => {
    assert.match(problems("a: 1\n".repeat(200_000))[0] ?? "", /the file has 1,000,000 bytes, expected at most 524,288/);
    assert.match(problems("[".repeat(100_000))[0] ?? "", /is nested too deeply/);
    const bomb = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
    for (let level = 1; level < 10; level++) {
      bomb.push(`a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(", ")}]`);
    }
    assert.match(
      problems(bomb.join("\n"))[0] ?? "",
      /the file holds more than 200,000 values, as aliases count each time/,
    );
  });
});
