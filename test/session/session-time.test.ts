import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TICK_MS } from "../../src/session/wheel.ts";
import { createRelaying, createStage, type Stage } from "../support/stage.ts";

const HOUR_MS = 3_600_000;

/** Lets time pass up to a moment, and not a millisecond more. */
function passUntil(stage: Stage, nowMs: number): void {
  stage.pass(nowMs - stage.clock.nowMs());
}

describe("Session: time", () => {
  it("ends idle sessions within a tick after idle-timeout, never before", async () => {
    const { stage, client } = await createRelaying({ listener: { idleTimeoutMs: 10_000 } });
    const dueMs = stage.clock.nowMs() + 10_000;
    passUntil(stage, dueMs - 1);
    assert.equal(client.end, undefined);
    passUntil(stage, dueMs + TICK_MS);
    assert.equal(client.end, "reset");
    assert.equal(stage.end(), "idle-timeout");
    const lateMs = stage.record().durationMs - 10_000;
    assert.ok(lateMs >= 0 && lateMs <= TICK_MS, `${lateMs} ms late`);
  });

  it("counts as idle only while no byte moves either way", async () => {
    const { stage, client, backend } = await createRelaying({ listener: { idleTimeoutMs: 10_000 } });
    for (const peer of [client, backend, client, backend]) {
      stage.pass(9_900);
      peer.send("x");
      stage.settle();
    }
    stage.pass(9_900);
    assert.equal(stage.plane.sessionCount, 1);
    stage.pass(100 + TICK_MS);
    assert.equal(stage.end(), "idle-timeout");
  });

  it("never ends what is idle where idle-timeout is off", async () => {
    const { stage } = await createRelaying({ listener: { idleTimeoutMs: Number.POSITIVE_INFINITY } });
    stage.clock.jump(1_000 * HOUR_MS);
    stage.pass(1_000);
    assert.equal(stage.plane.sessionCount, 1);
    assert.equal(stage.plane.wheel.size, 0);
  });

  for (const side of ["client", "backend"] as const) {
    it(`ends half-open sessions whose ${side} has finished, half-close-timeout after the last byte`, async () => {
      const { stage, client, backend } = await createRelaying({ listener: { halfCloseTimeoutMs: 5_000 } });
      const [finishing, other] = side === "client" ? [client, backend] : [backend, client];
      stage.pass(60_000);
      finishing.finish();
      stage.settle();
      for (let count = 0; count < 3; count++) {
        stage.pass(4_900);
        other.send("still here");
        stage.settle();
      }
      const dueMs = stage.clock.nowMs() + 5_000;
      passUntil(stage, dueMs - 1);
      assert.equal(stage.plane.sessionCount, 1);
      passUntil(stage, dueMs + TICK_MS);
      assert.deepEqual([stage.record().end, stage.record().error], ["half-close-timeout", `the ${side} had finished`]);
      assert.ok(other.isReset);
    });
  }

  it("counts a FIN that came during the dial as half-close", async () => {
    const stage = await createStage({ listener: { halfCloseTimeoutMs: 5_000 } });
    stage.server(0).otherwise = "wait";
    const client = stage.client();
    client.finish("question");
    stage.pass(2_000);
    stage.server(0).accept();
    stage.settle();
    stage.pass(4_900);
    assert.equal(stage.plane.sessionCount, 1);
    stage.pass(100 + TICK_MS);
    assert.equal(stage.end(), "half-close-timeout");
  });

  it("names idle-timeout where that is the shorter one", async () => {
    const { stage, client } = await createRelaying({ listener: { halfCloseTimeoutMs: 60_000, idleTimeoutMs: 5_000 } });
    client.finish();
    stage.settle();
    stage.pass(5_000 + TICK_MS);
    assert.deepEqual([stage.record().end, stage.record().error], ["idle-timeout", null]);
  });

  it("ends sessions at max-lifetime, whatever moves", async () => {
    const { stage, client, backend } = await createRelaying({ listener: { maxLifetimeMs: 10_000 } });
    const dueMs = stage.clock.nowMs() + 10_000;
    while (stage.clock.nowMs() + TICK_MS < dueMs) {
      stage.pass(TICK_MS);
      client.send("x");
      backend.send("y");
      stage.settle();
    }
    assert.equal(stage.plane.sessionCount, 1);
    passUntil(stage, dueMs + TICK_MS);
    assert.equal(stage.end(), "max-lifetime");
  });

  it("ends a dial at max-lifetime as well, and cancels it", async () => {
    const stage = await createStage({ listener: { maxLifetimeMs: 500 } });
    stage.server(0).otherwise = "wait";
    stage.client();
    stage.pass(500 + TICK_MS);
    assert.equal(stage.end(), "max-lifetime");
    assert.equal(stage.server(0).cancelCount, 1);
    stage.assertNothingLeft();
  });
});
