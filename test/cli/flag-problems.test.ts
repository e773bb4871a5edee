import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { flagProblems } from "../../src/cli/flag-problems.ts";

function unknown(written: string): string {
  const { problems } = flagProblems([written], {}, [written]);
  return problems.map(({ path, message }) => `${path}: ${message}`).join("\n");
}

describe("flagProblems", () => {
  const cases: readonly (readonly [situation: string, written: string, line: string])[] = [
    ["the nearest flag", "--lisen", "--lisen: unknown flag; did you mean --listen?"],
    [
      "the nearest flag, however it is spelled",
      "--idleTimeout=5s",
      "--idleTimeout: unknown flag; did you mean --idle-timeout?",
    ],
    ["the nearest alias", "--backend", "--backend: unknown flag; did you mean --backends?"],
    ["the only flag that begins so", "--max-conn", "--max-conn: unknown flag; did you mean --max-connections?"],
    ["nothing where several begin so", "--log", "--log: unknown flag; --help lists all"],
    ["off, where it can be", "--no-probe", "--no-probe: unknown flag; write --probe off"],
    [
      "to leave it out, where it can't be off",
      "--no-rise",
      "--no-rise: unknown flag; leave --rise out for its default",
    ],
    ["the list for a single letter", "-p", "-p: unknown flag; --help lists all"],
    [
      "two arguments for one with a space",
      "--listen 80",
      "--listen 80: is one argument with a space in it; write two, or --listen=80",
    ],
    ["nothing of a value", "--secret=hunter2", "--secret: unknown flag; --help lists all"],
    ["nothing for what every object has", "--toString=x", "--toString: unknown flag; --help lists all"],
    ["nothing for __proto__", "--__proto__", "--__proto__: unknown flag; --help lists all"],
    ["nothing for dashes alone", "--=5", "--: unknown flag; --help lists all"],
    ["text that a terminal would obey, escaped", "--\u001b[31m", "--\\u001b[31m: unknown flag; --help lists all"],
  ];
  for (const [situation, written, expected] of cases) {
    it(`proposes ${situation}`, () => assert.equal(unknown(written), expected));
  }

  it("says what a flag without a value takes", () => {
    const flags = { listen: [""], upstream: ["  "], "idle-timeout": ["5s", ""], name: [""], rise: ["2"] };
    const { problems, spokenOf } = flagProblems([], flags, []);
    assert.deepEqual(problems, [
      { path: "--listen", message: "has no value; write --listen ADDRESS" },
      { path: "--upstream", message: "has no value; write --upstream ADDRESS" },
      { path: "--idle-timeout", message: "has no value; write --idle-timeout DURATION|off" },
      { path: "--name", message: "has no value; write --name NAME" },
    ]);
    assert.deepEqual([...spokenOf], ["--listen", "--upstream", "--idle-timeout", "--name"]);
  });

  it("says how a value is written that begins with a dash, and not that it is an unknown flag", () => {
    for (const argv of [
      ["--log-output", "-x"],
      ["-log-output", "-x"],
    ]) {
      assert.deepEqual(flagProblems(argv, { "log-output": [""] }, ["-x"]).problems, [
        { path: "--log-output", message: "has no value; a value that begins with a dash is written --log-output=-x" },
      ]);
    }
  });

  it("names the flag that was meant, so that nobody says it is missing", () => {
    assert.deepEqual([...flagProblems([], {}, ["--lisen", "--listen 80"]).spokenOf], ["--listen"]);
  });
});
