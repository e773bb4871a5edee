import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { withoutLeaks } from "./leaks.ts";
import { findProgram, runProgram, skipReason } from "./programs.ts";

describe("skipReason", () => {
  const before = process.env["REAL_PEERS"];
  afterEach(() => {
    if (before === undefined) delete process.env["REAL_PEERS"];
    else process.env["REAL_PEERS"] = before;
  });

  it("is false for what is installed", () => {
    assert.equal(skipReason("sh", "cat"), false);
  });

  it("names what is missing", () => {
    delete process.env["REAL_PEERS"];
    assert.equal(skipReason("sh", "no-such-program", "nor-this"), "not installed: no-such-program, nor-this");
  });

  it("throws for what is missing where nothing may be skipped", () => {
    process.env["REAL_PEERS"] = "require";
    assert.equal(skipReason("sh"), false);
    assert.throws(() => skipReason("no-such-program"), /not installed: no-such-program/);
  });
});

describe("findProgram", () => {
  it("gives a path, or undefined", () => {
    assert.match(findProgram("sh") ?? "", /\/sh$/);
    assert.equal(findProgram("no-such-program"), undefined);
  });
});

describe("runProgram", () => {
  it(
    "gives the exit code and both outputs",
    withoutLeaks(async () => {
      const result = await runProgram("sh", ["-c", "cat; echo wrong >&2; exit 3"], { input: "right\n" });
      assert.deepEqual(result, { code: 3, stdout: "right\n", stderr: "wrong\n" });
    }),
  );

  it(
    "rejects for a program that does not exist",
    withoutLeaks(async () => {
      await assert.rejects(runProgram("no-such-program", []), /ENOENT|EACCES/);
    }),
  );

  it(
    "kills what takes too long, and says what it was",
    withoutLeaks(async () => {
      await assert.rejects(runProgram("cat", ["/dev/zero"], { patienceMs: 1 }), /waited 1 ms for cat \/dev\/zero/);
    }),
  );
});
