import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { failed } from "../../src/probe/result.ts";

describe("failed", () => {
  it("is a failure with its reason", () => {
    assert.deepEqual(failed("answered 503"), { kind: "failed", reason: "answered 503" });
  });
});
