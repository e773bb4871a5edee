import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { optionPath } from "../../src/config/option-path.ts";

describe("optionPath", () => {
  const paths: [segments: PropertyKey[], path: string][] = [
    [[], "options"],
    [["pools"], "pools"],
    [["pools", "web", "backends", 0, "weight"], "pools.web.backends[0].weight"],
    [["pools", "a.b", "policy"], 'pools["a.b"].policy'],
    [["pools", "a\n"], 'pools["a\\n"]'],
    [["pools", ""], 'pools[""]'],
  ];
  for (const [segments, path] of paths) {
    it(`writes ${path}`, () => assert.equal(optionPath(segments), path));
  }

  it("continues a path", () => {
    assert.equal(optionPath(["weight"], "pools.web.backends"), "pools.web.backends.weight");
    assert.equal(optionPath([], "pools.web.backends"), "pools.web.backends");
  });

  it("shortens what is too long for a line", () => {
    assert.ok(optionPath(["pools", "x".repeat(10_000)]).length < 200);
  });
});
