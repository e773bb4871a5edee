import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseSessionId, sessionId } from "../../src/worker/session-id.ts";

describe("parseSessionId", () => {
  it("finds the worker and the number in what sessionId made", () => {
    fc.assert(
      fc.property(fc.nat(255), fc.integer({ min: 1, max: 2 ** 40 }), (worker, number) => {
        assert.deepEqual(parseSessionId("k3x", sessionId("k3x", worker, number)), { worker, number });
      }),
    );
  });

  it("knows nothing that another process, or nobody, has given out", () => {
    for (const id of [
      "",
      "k3x",
      "k3x-0",
      "other-0-1",
      "k3x-0-1-2",
      "k3x--1",
      "k3x-0-",
      "k3x-00-1",
      "k3x-0-!",
      "k3x-0-1 ",
    ]) {
      assert.equal(parseSessionId("k3x", id), undefined, id);
    }
  });
});
