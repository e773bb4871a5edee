import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseCommandLine, type Run } from "../../src/cli/command-line.ts";

function run(...argv: string[]): Run {
  const invocation = parseCommandLine(argv);
  assert.equal(invocation.kind, "run");
  return invocation;
}

function problems(...argv: string[]): string[] {
  const invocation = parseCommandLine(argv);
  const found = invocation.kind === "run" || invocation.kind === "refused" ? invocation.problems : [];
  return found.map(({ path, message }) => `${path}: ${message}`);
}

describe("parseCommandLine", () => {
  const spellings: readonly (readonly [situation: string, argv: readonly string[], flags: Run["flags"]])[] = [
    ["--flag value", ["--listen", "80"], { listen: ["80"] }],
    ["--flag=value", ["--listen=80"], { listen: ["80"] }],
    ["-flag=value", ["-port=3030"], { port: ["3030"] }],
    ["-flag value", ["-port", "3030"], { port: ["3030"] }],
    ["a value with an =", ["--upstream=a=h:1,weight=2"], { upstream: ["a=h:1,weight=2"] }],
    ["a value that begins with a dash behind =", ["--log-output=-x"], { "log-output": ["-x"] }],
    ["a negative number", ["--rise", "-1"], { rise: ["-1"] }],
    ["numbers as they are written", ["--rise", "007", "--fall=1e3"], { rise: ["007"], fall: ["1e3"] }],
    ["quotes as they are written", ["--upstream", "'a:1'"], { upstream: ["'a:1'"] }],
    ["an IPv6 address", ["--listen", "[::1]:80"], { listen: ["[::1]:80"] }],
    ["a flag given twice, in order", ["--listen", "2", "--listen=1"], { listen: ["2", "1"] }],
    ["flag and alias apart", ["--listen", "1", "--port", "2"], { listen: ["1"], port: ["2"] }],
    ["a path", ["--probe-path", "/x"], { "probe-path": ["/x"] }],
    ["a value that is a command's name", ["--upstream", "demo"], { upstream: ["demo"] }],
  ];
  for (const [situation, argv, flags] of spellings) {
    it(`reads ${situation}`, () => {
      const { command, words, problems: found, ...rest } = run(...argv);
      assert.deepEqual(rest.flags, flags);
      assert.deepEqual({ command, words, found }, { command: undefined, words: [], found: [] });
    });
  }

  it("reads the line of simplelb's README", () => {
    const { flags } = run("-backends=http://localhost:8081,http://localhost:8082", "-port=3030");
    assert.deepEqual(flags, { backends: ["http://localhost:8081,http://localhost:8082"], port: ["3030"] });
  });

  it("has own properties only, whatever a flag is called", () => {
    for (const name of ["toString", "constructor", "hasOwnProperty", "valueOf", "__proto__"]) {
      for (const argv of [[`--${name}`], [`--${name}`, "x"], [`--${name}=x`]]) {
        const { flags } = run(...argv);
        assert.deepEqual(Object.keys(flags), []);
        assert.deepEqual(problems(...argv), [`--${name}: unknown flag; --help lists all`]);
      }
    }
  });

  it("loses no flag that the parser uses itself", () => {
    for (const name of ["_", "$0", "--"]) {
      assert.equal(problems(`--${name}=x`).length, 1);
    }
  });

  it("finds the command before, between and behind flags", () => {
    for (const argv of [
      ["demo", "--rise", "1", "--fall=1"],
      ["--rise", "1", "demo", "--fall=1"],
      ["--rise", "1", "--fall=1", "demo"],
    ]) {
      const { command, flags, words } = run(...argv);
      assert.equal(command?.name, "demo");
      assert.deepEqual({ flags, words }, { flags: { rise: ["1"], fall: ["1"] }, words: [] });
    }
  });

  it("finds a command behind an unknown flag, which could have taken it for its value", () => {
    assert.equal(run("--verbose", "demo").command?.name, "demo");
    assert.deepEqual(problems("--verbose", "demo"), ["--verbose: unknown flag; --help lists all"]);
  });

  it("takes what follows an unknown flag for its value, and does not complain about that, too", () => {
    const { words } = run("--lisen", "80", "--upstream", "a:1");
    assert.deepEqual(words, []);
  });

  it("keeps what belongs to no flag as words", () => {
    assert.deepEqual(run("--upstream", "a:1", "b:2", "c:3").words, ["b:2", "c:3"]);
    assert.deepEqual(run("8080").words, ["8080"]);
    assert.deepEqual(run("backend", "8081", "").words, ["8081", ""]);
    assert.deepEqual(run("").words, [""]);
    assert.deepEqual(run("-").words, ["-"]);
  });

  it("takes everything for words that explain asks about", () => {
    const argv = ["explain", "--idle-timeout", "--rise=5", "no-backend", "--what", "-fall"];
    const { command, flags, words, problems: found } = run(...argv);
    assert.equal(command?.name, "explain");
    assert.deepEqual({ flags, found }, { flags: {}, found: [] });
    assert.deepEqual(words, argv.slice(1));
  });

  const untouched: readonly (readonly [argv: readonly string[], words: readonly string[]])[] = [
    [
      ["ctl", "drain", "web/a", "--wait=30s", "--rise"],
      ["drain", "web/a", "--wait=30s", "--rise"],
    ],
    [
      ["--admin", ":1", "--json", "ctl", "status"],
      ["--admin", ":1", "--json", "status"],
    ],
    [
      ["ctl", "drain", "--help"],
      ["drain", "--help"],
    ],
    [["top", "--once"], ["--once"]],
  ];
  for (const [argv, expected] of untouched) {
    it(`leaves ${argv.join(" ")} to the command`, () => {
      const { command, flags, words, problems: found } = run(...argv);
      assert.deepEqual({ flags, words, found }, { flags: {}, words: expected, found: [] });
      assert.ok(argv.includes(command?.name ?? ""));
    });
  }

  const unknownCommands: readonly (readonly [argv: readonly string[], line: string])[] = [
    [["dmeo"], "dmeo: unknown command; did you mean demo?"],
    [["demo2"], "demo2: unknown command; did you mean demo?"],
    [["listen", "80"], "listen: unknown command; did you mean --listen?"],
    [["start"], "start: unknown command; lb-tcp --help lists all"],
    [["toString"], "toString: unknown command; lb-tcp --help lists all"],
  ];
  for (const [argv, expected] of unknownCommands) {
    it(`refuses ${argv.join(" ")}`, () => {
      assert.equal(parseCommandLine(argv).kind, "refused");
      assert.deepEqual(problems(...argv), [expected]);
    });
  }

  it("reports the flags of an unknown command with it", () => {
    assert.deepEqual(problems("dmeo", "--lisen", "--rise"), [
      "dmeo: unknown command; did you mean demo?",
      "--rise: has no value; write --rise N",
      "--lisen: unknown flag; did you mean --listen?",
    ]);
  });

  it("says once that nothing is read after --", () => {
    const message = "--: what follows it is read neither as flags nor as values; leave the -- out";
    assert.deepEqual(problems("--", "--listen", "80", "--rise"), [message]);
    assert.deepEqual(problems("demo", "--", "--listen", "80"), [message]);
    assert.deepEqual(problems("--", "-listen"), [message]);
    assert.deepEqual(problems("demo", "--"), []);
  });

  const help: readonly (readonly [argv: readonly string[], command: string | undefined])[] = [
    [["--help"], undefined],
    [["-h"], undefined],
    [["-help"], undefined],
    [["--help=x"], undefined],
    [["help"], undefined],
    [["--listen", "x", "--bogus", "--help"], undefined],
    [["demo", "--help"], "demo"],
    [["ctl", "--json", "--help"], "ctl"],
    [["--help", "top"], "top"],
    [["--help", "backend"], "backend"],
    [["help", "explain"], "explain"],
    [["completion", "-h", "--version"], "completion"],
  ];
  for (const [argv, command] of help) {
    it(`takes ${argv.join(" ")} for a question`, () => {
      const invocation = parseCommandLine(argv);
      assert.equal(invocation.kind, "help");
      assert.equal(invocation.command?.name, command);
    });
  }

  for (const argv of [["--version"], ["-v"], ["-version"], ["demo", "--version"], ["--version", "--bogus"]]) {
    it(`takes ${argv.join(" ")} for the question of the version`, () => {
      assert.deepEqual(parseCommandLine(argv), { kind: "version" });
    });
  }

  it("has an answer to whatever is written", () => {
    const argument = fc.oneof(
      fc.string(),
      fc.constantFrom("--listen", "-rise", "--help", "--", "demo", "explain", "--upstream=", "-h", "-", "--no-x"),
      fc.string().map((text) => `--${text}`),
      fc.string().map((text) => `-${text}`),
    );
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 6 }), (argv) => {
        const invocation = parseCommandLine(argv);
        assert.ok(["help", "version", "refused", "run"].includes(invocation.kind));
      }),
    );
  });
});
