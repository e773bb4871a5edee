import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BEAT_MS, Heart } from "../../src/worker/heart.ts";
import { Pulse } from "../../src/worker/pulse.ts";
import { createFakeClock } from "../support/fake-clock.ts";

function createWorld() {
  const clock = createFakeClock({ nowMs: 10_000 });
  const pulse = new Pulse();
  return { clock, pulse, heart: new Heart(clock, pulse), ageMs: () => pulse.ageMs(clock.nowMs()) };
}

describe("Heart", () => {
  it("beats at once and then every second", () => {
    const { clock, heart, ageMs } = createWorld();
    heart.start();
    clock.advance(BEAT_MS - 1);
    assert.equal(ageMs(), BEAT_MS - 1);
    clock.advance(1);
    assert.equal(ageMs(), 0);
    clock.advance(10 * BEAT_MS + 7);
    assert.equal(ageMs(), 7);
  });

  it("beats no more once it is stopped, or while the loop does not run", () => {
    const { clock, heart, ageMs } = createWorld();
    heart.start();
    clock.jump(60_000);
    assert.equal(ageMs(), 60_000);
    clock.advance(0);
    assert.equal(ageMs(), 0);
    heart.stop();
    clock.advance(5_000);
    assert.equal(ageMs(), 5_000);
    assert.equal(clock.pendingTimers, 0);
  });

  it("says by how much the loop was late at most since the beat before", () => {
    const { clock, heart, pulse } = createWorld();
    heart.start();
    clock.jump(BEAT_MS + 300);
    clock.advance(0);
    assert.equal(pulse.lagMs, 300);
    heart.late(20);
    heart.late(40);
    heart.late(30);
    clock.advance(BEAT_MS);
    assert.equal(pulse.lagMs, 40);
    clock.advance(BEAT_MS);
    assert.equal(pulse.lagMs, 0);
  });
});
