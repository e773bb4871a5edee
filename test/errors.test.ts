import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { configError, LbError, messageOf, systemCode } from "../src/errors.ts";

describe("LbError", () => {
  it("is an Error with a code, a name and a message", () => {
    const error = new LbError("LB_CLOSED", "start: the balancer was closed");
    assert.ok(error instanceof Error);
    assert.equal(error.code, "LB_CLOSED");
    assert.equal(error.name, "LbError");
    assert.equal(String(error), "LbError: start: the balancer was closed");
  });

  it("has empty details and no cause unless it is given them", () => {
    const error = new LbError("LB_CLOSED", "closed");
    assert.deepEqual(error.details, {});
    assert.equal("cause" in error, false);
  });

  it("carries its details and its cause", () => {
    const cause = new Error("listen EADDRINUSE");
    const error = new LbError("LB_ADDRESS_IN_USE", "taken", { details: { address: "127.0.0.1:80" }, cause });
    assert.deepEqual(error.details, { address: "127.0.0.1:80" });
    assert.equal(error.cause, cause);
  });
});

describe("systemCode", () => {
  const cases: readonly (readonly [what: string, thrown: unknown, code: string | undefined])[] = [
    ["an error of the system", Object.assign(new Error("connect"), { code: "ECONNREFUSED" }), "ECONNREFUSED"],
    ["an object that is no Error", { code: "EPIPE" }, "EPIPE"],
    ["an error without a code", new Error("plain"), undefined],
    ["a code that is a number", { code: 1 }, undefined],
    ["a string", "ECONNREFUSED", undefined],
    ["null", null, undefined],
    ["undefined", undefined, undefined],
  ];
  for (const [what, thrown, code] of cases) {
    it(`gives ${code ?? "undefined"} for ${what}`, () => assert.equal(systemCode(thrown), code));
  }
});

describe("messageOf", () => {
  const cases: readonly (readonly [what: string, thrown: unknown, message: string])[] = [
    ["an Error", new Error("out of luck"), "out of luck"],
    ["a string", "thrown", "thrown"],
    ["undefined", undefined, "undefined"],
    ["null", null, "null"],
  ];
  for (const [what, thrown, message] of cases) {
    it(`gives one line for ${what}`, () => assert.equal(messageOf(thrown), message));
  }
});

describe("configError", () => {
  const problems = [
    { path: "--idle-timeout", message: "got -1, expected a duration" },
    { path: "pools.web.backends[0].weight", message: "got 300, expected 1 to 256" },
  ];

  it("names every problem, a line each", () => {
    assert.equal(
      configError(problems).message,
      "--idle-timeout: got -1, expected a duration\npools.web.backends[0].weight: got 300, expected 1 to 256",
    );
  });

  it("carries the problems for programs", () => {
    const error = configError(problems);
    assert.equal(error.code, "LB_CONFIG");
    assert.deepEqual(error.details.problems, problems);
  });
});
