import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { defined } from "../../src/config/defined.ts";

describe("defined", () => {
  it("leaves out what is undefined, and nothing else", () => {
    assert.deepEqual(defined({ a: undefined, b: null, c: 0, d: "" }), { b: null, c: 0, d: "" });
    assert.deepEqual(Object.keys(defined({ a: undefined })), []);
  });
});
