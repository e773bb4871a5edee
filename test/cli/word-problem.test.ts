import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { wordProblem } from "../../src/cli/word-problem.ts";

describe("wordProblem", () => {
  const cases: readonly (readonly [situation: string, word: string, path: string])[] = [
    ["a word as it is", "b:2", "b:2"],
    ["an empty word, so that it can be seen", "", '""'],
    ["what a terminal would obey, escaped", "\u001b[31mred\n", "\\u001b[31mred\\n"],
  ];
  for (const [situation, word, path] of cases) {
    it(`shows ${situation}`, () => assert.deepEqual(wordProblem(word, "is wrong"), { path, message: "is wrong" }));
  }
});
