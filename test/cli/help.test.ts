import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseCommandLine } from "../../src/cli/command-line.ts";
import { commands } from "../../src/cli/commands.ts";
import { programHelp, rowOf } from "../../src/cli/help.ts";
import { keyOfFlag, keys } from "../../src/config/keys.ts";
import { loadOptions } from "../../src/config/load.ts";

describe("programHelp", () => {
  for (const columns of [80, 110]) {
    it(`fits into ${columns} columns`, () => {
      const long = programHelp(columns)
        .split("\n")
        .filter((line) => line.length > columns);
      assert.deepEqual(long, []);
    });
  }

  it("stays readable in 40 columns, where some things can't be broken", () => {
    const long = programHelp(40)
      .split("\n")
      .filter((line) => line.length > 48 && !/^ {2,4}(--upstream|lb-tcp) |:$/.test(line));
    assert.deepEqual(long, []);
  });

  it("has no space at the end of a line, and no two empty lines", () => {
    const text = programHelp(80);
    assert.doesNotMatch(text, / \n|\n\n\n|\t|\u00a0/);
    assert.match(text, /[^\n]\n$/);
  });

  it("names every flag that there is, and no other", () => {
    const named = new Set(
      programHelp(80)
        .match(/^ {2}--[a-z-]+/gm)
        ?.map((match) => match.trim().slice(2)),
    );
    assert.deepEqual([...named].sort(), keys.map(({ flag }) => flag).sort());
  });

  it("names every command", () => {
    for (const { name } of commands) assert.match(programHelp(80), new RegExp(`^ {2}${name}\\b`, "m"));
  });

  it("has three examples, which work", () => {
    const examples = [...programHelp(80).matchAll(/^ {4}lb-tcp (--.*)$/gm)].map(([, flags = ""]) => flags.split(" "));
    assert.equal(examples.length, 3);
    for (const argv of examples) {
      const invocation = parseCommandLine(argv);
      assert.equal(invocation.kind, "run");
      assert.deepEqual(invocation.problems, []);
      assert.deepEqual(loadOptions({ flags: invocation.flags, environment: {} }).warnings, []);
    }
  });

  it("says how flags, variables, signals and exit codes work", () => {
    const text = programHelp(80);
    for (const word of [
      "Usage",
      "LB_TCP_IDLE_TIMEOUT",
      "SIGTERM",
      "SIGUSR1",
      "SIGUSR2",
      "SIGHUP",
      "Exit codes",
      "--version",
    ]) {
      assert.ok(text.includes(word), word);
    }
  });
});

describe("rowOf", () => {
  const cases: readonly (readonly [flag: string, term: string, text: RegExp])[] = [
    ["idle-timeout", "--idle-timeout DURATION|off", /\(default.1h\)$/],
    ["listen", "--listen ADDRESS", /\(may be repeated; also.--port\)$/],
    [
      "policy",
      "--policy POLICY",
      /^how a backend is picked: least-connections, [^:]*, source-hash \(default.least-connections\)$/,
    ],
    ["log-level", "--log-level LEVEL", /: [a-z, ]*, silent \(default.info\)$/],
    ["access-log", "--access-log all|errors|off", /, or none \(default.all\)$/],
  ];
  for (const [flag, term, text] of cases) {
    it(`shows --${flag} with all that is to be known`, () => {
      const key = keyOfFlag(flag);
      assert.ok(key);
      const row = rowOf(key);
      assert.equal(row.term, term);
      assert.match(row.text, text);
    });
  }
});
