import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { workerStats } from "../../src/control/worker-stats.ts";
import { Pulse } from "../../src/worker/pulse.ts";

describe("workerStats", () => {
  it("shows how lively a worker is, without the noise of the clock", () => {
    const pulse = new Pulse();
    pulse.beat(1_000.000_01, 2.000_000_1);
    const stats = { worker: 3, active: 7, restarts: 2, loopLagMs: 2, heartbeatAgeMs: 500.5 };
    assert.deepEqual(workerStats(3, 7, 2, pulse, 1_500.500_01), stats);
  });
});
