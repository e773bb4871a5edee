import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compileSteps } from "../../src/route/regex-steps.ts";

describe("compileSteps", () => {
  it("writes counted repeats out", () => {
    const compiled = compileSteps("a{2,4}");
    assert.ok("value" in compiled);
    assert.equal(compiled.value.all.filter(({ kind }) => kind === "set").length, 4);
    assert.equal(compiled.value.all.filter(({ kind }) => kind === "either").length, 2);
  });

  it("knows when a match can only begin at the start", () => {
    const mayBeginLater = (source: string): boolean | undefined => {
      const compiled = compileSteps(source);
      return "value" in compiled ? compiled.value.mayBeginLater : undefined;
    };
    assert.equal(mayBeginLater("^a"), false);
    assert.equal(mayBeginLater("^a|^b"), false);
    assert.equal(mayBeginLater("(^a|b)"), true);
    assert.equal(mayBeginLater("a^"), true);
  });

  it("refuses what becomes too long", () => {
    assert.ok("problem" in compileSteps("(.{99}){99}"));
  });
});
