import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Restarts } from "../../src/control/restarts.ts";

describe("Restarts", () => {
  it("allows three in a minute, each after a longer wait, and then no more", () => {
    const restarts = new Restarts();
    assert.deepEqual(
      [0, 10, 20, 30].map((nowMs) => restarts.next(nowMs)),
      [100, 400, 1_600, undefined],
    );
    assert.equal(restarts.next(59_999), undefined);
  });

  it("forgets what is a minute old", () => {
    const restarts = new Restarts();
    for (const nowMs of [0, 30_000, 40_000]) restarts.next(nowMs);
    assert.equal(restarts.next(60_000), 1_600);
    assert.equal(restarts.next(60_000), undefined);
    assert.equal(restarts.next(200_000), 100);
  });
});
