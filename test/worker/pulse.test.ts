import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Pulse } from "../../src/worker/pulse.ts";

describe("Pulse", () => {
  it("tells others when it last beat, and how late the loop was", () => {
    const control = new Pulse();
    const worker = new Pulse(control.memory);
    assert.deepEqual([control.ageMs(500), control.lagMs], [0, 0], "there was none yet");
    worker.beat(1_000, 12.5);
    assert.deepEqual([control.ageMs(1_400), control.lagMs], [400, 12.5]);
    assert.equal(control.ageMs(999), 0, "read by a thread whose clock is behind by a hair");
  });
});
