import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { endReasons, ends, isOrderly } from "../../src/session/end.ts";

describe("ends", () => {
  it("are these, in this order: they are in logs and metrics, and the order is that of the counters", () => {
    assert.deepEqual(endReasons, [
      "client-finished",
      "backend-finished",
      "client-reset",
      "backend-reset",
      "client-lost",
      "backend-lost",
      "client-gone",
      "no-backend",
      "dial-failed",
      "local-resource",
      "queue-full",
      "queue-timeout",
      "peek-timeout",
      "peek-too-large",
      "bad-proxy-header",
      "bad-request",
      "no-route",
      "denied",
      "over-limit",
      "rate-limited",
      "idle-timeout",
      "half-close-timeout",
      "max-lifetime",
      "backend-down",
      "backend-removed",
      "closed-by-operator",
      "rebalanced",
      "drained",
      "shutdown",
      "tls-failed",
      "worker-failed",
      "internal",
    ]);
  });

  it("are each listed once", () => {
    assert.equal(new Set(endReasons).size, endReasons.length);
    assert.deepEqual(Object.keys(ends).sort(), [...endReasons].sort());
  });

  it("are orderly only where both sides said goodbye", () => {
    assert.deepEqual(endReasons.filter(isOrderly), ["client-finished", "backend-finished"]);
  });

  for (const end of endReasons) {
    it(`say in whole sentences what ${end} means and what to look at`, () => {
      for (const text of [ends[end].what, ends[end].look]) assert.match(text, /^[A-Za-z].+\.$/);
    });
  }
});
