import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeFailure, line } from "../../src/cli/failure.ts";
import { configError, LbError } from "../../src/errors.ts";

describe("describeFailure", () => {
  it("gives a line for each problem, and 2, for what the user wrote", () => {
    const error = configError([
      { path: "--rise", message: 'got "x", expected a whole number' },
      { path: "LB_TCP_FALL", message: "is not available yet" },
    ]);
    assert.deepEqual(describeFailure(error), {
      text: 'lb-tcp: --rise: got "x", expected a whole number\nlb-tcp: LB_TCP_FALL: is not available yet\n',
      code: 2,
    });
  });

  it("has a line even without a list of problems", () => {
    assert.deepEqual(describeFailure(new LbError("LB_CONFIG", "it is wrong")), {
      text: "lb-tcp: it is wrong\n",
      code: 2,
    });
  });

  for (const code of [
    "LB_ADDRESS_IN_USE",
    "LB_PRIVILEGE",
    "LB_ADDRESS_UNKNOWN",
    "LB_LISTEN",
    "LB_LOG_OUTPUT",
  ] as const) {
    it(`gives 1 for ${code}: the world refused`, () => {
      assert.deepEqual(describeFailure(new LbError(code, "cannot listen on :80: it is in use")), {
        text: "lb-tcp: cannot listen on :80: it is in use\n",
        code: 1,
      });
    });
  }

  const thrown: readonly (readonly [what: string, value: unknown, message: string])[] = [
    ["a TypeError", new TypeError("x is not a function"), "x is not a function"],
    ["a text", "thrown", "thrown"],
    ["nothing", undefined, "undefined"],
    ["a message of several lines", new Error("one\n    at two\r\nthree"), "one     at two three"],
    ["a message that a terminal would obey", new Error("\u001b[2Jgone\u202e"), " [2Jgone "],
  ];
  for (const [what, value, message] of thrown) {
    it(`says of ${what} that it is a bug, on one line and without a stack`, () => {
      assert.deepEqual(describeFailure(value), {
        text: `lb-tcp: internal error: ${message}; please report it\n`,
        code: 1,
      });
    });
  }
});

describe("line", () => {
  it("is one line that says who speaks", () => {
    assert.equal(line("warning: a\nb"), "lb-tcp: warning: a b\n");
  });
});
