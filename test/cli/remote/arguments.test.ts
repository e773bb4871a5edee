import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type CommandFlag, parseArguments } from "../../../src/cli/remote/arguments.ts";

const flags: readonly CommandFlag[] = [
  { name: "admin", placeholder: "ADDRESS", text: "" },
  { name: "wait", placeholder: "[=DURATION]", text: "" },
  { name: "json", placeholder: "", text: "" },
  { name: "help", placeholder: "", text: "" },
];
const parse = (...argv: string[]): ReturnType<typeof parseArguments> =>
  parseArguments(argv, () => ({ flags, asker: "lb-tcp ctl" }), flags);

describe("parseArguments", () => {
  it("tells flags from words, wherever they stand", () => {
    const { flags: given, words, problems } = parse("--json", "drain", "--wait", "web/b2", "-admin", "unix:/a");
    assert.deepEqual(
      { given: { ...given }, words, problems },
      {
        given: { json: "", wait: "", admin: "unix:/a" },
        words: ["drain", "web/b2"],
        problems: [],
      },
    );
  });

  it("gives a flag that may have a value the one behind its =", () => {
    assert.deepEqual({ ...parse("--wait=30s", "x").flags }, { wait: "30s" });
  });

  it("keeps words that look like numbers as they are", () =>
    assert.deepEqual(parse("010", "1e3").words, ["010", "1e3"]));

  for (const argv of [["--help"], ["-h"], ["drain", "--help"]]) {
    it(`knows that ${argv.join(" ")} asks for help`, () => {
      const { asksForHelp, problems } = parse(...argv);
      assert.deepEqual({ asksForHelp, problems }, { asksForHelp: true, problems: [] });
    });
  }

  const mistakes: readonly (readonly [argv: readonly string[], path: string, message: RegExp])[] = [
    [["--jsno"], "--jsno", /^unknown flag of lb-tcp ctl; did you mean --json\?$/],
    [["--bogus=secret"], "--bogus", /^unknown flag of lb-tcp ctl; `lb-tcp ctl --help` lists all$/],
    [["--admin"], "--admin", /^has no value; write --admin ADDRESS$/],
    [["--admin", "a", "--admin", "b"], "--admin", /^is given twice/],
    [["--json=1"], "--json", /^takes no value/],
    [["x", "--", "y"], "--", /leave it out/],
  ];
  for (const [argv, path, message] of mistakes) {
    it(`says what is wrong with ${argv.join(" ")}`, () => {
      const { problems } = parse(...argv);
      assert.equal(problems.length, 1);
      assert.equal(problems[0]?.path, path);
      assert.match(problems[0].message, message);
    });
  }
});
