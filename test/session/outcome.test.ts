import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HistogramName } from "../../src/session/counters.ts";
import { laneOf } from "../../src/session/outcome.ts";
import { failure } from "../support/memory-server.ts";
import { createRelaying, createStage, type Stage } from "../support/stage.ts";

function observed({ counters }: Stage, name: HistogramName): { count: number; sumMs: number } {
  const { count, sumMs } = counters.histogram(0, name);
  return { count, sumMs };
}

describe("what a session leaves behind", () => {
  it("is counted for its listener, its backend and its pool", async () => {
    const stage = await createStage({ backendCount: 2, listener: { lane: 3 }, pool: { counterSlot: 5 } });
    stage.server(0).otherwise = "wait";
    const client = stage.client();
    stage.clock.advance(4);
    stage.server(0).accept();
    stage.settle();
    client.send("question");
    stage.clock.advance(10);
    stage.peer().send("answer");
    stage.settle();
    stage.clock.advance(30);
    stage.peer().send("!");
    stage.settle();
    client.reset();
    stage.settle();
    const { counters } = stage;
    assert.deepEqual(counters.lane(3), {
      ends: { "client-reset": 1 },
      bytesUp: 8,
      bytesDown: 7,
      irregular: 0,
      answers: {},
    });
    const { sessions, bytesUp, bytesDown, dials } = counters.row(0);
    assert.deepEqual({ sessions, bytesUp, bytesDown, ok: dials.ok }, { sessions: 1, bytesUp: 8, bytesDown: 7, ok: 1 });
    const sums = (["dial", "firstByte", "session"] as const).map((name) => counters.histogram(5, name).sumMs);
    assert.deepEqual(sums, [4, 10, 44]);
    assert.equal(counters.row(1).sessions, 0);
  });

  it("is counted with the pool that it went to, where the listener has a lane for that", async () => {
    assert.deepEqual(
      [undefined, "main", "other"].map((pool) => laneOf({ lane: 3, lanes: { main: 4 } }, pool)),
      [3, 4, 3],
    );
  });

  it("holds no time to a first byte where none came", async () => {
    const { stage, client } = await createRelaying();
    client.send("question");
    stage.settle();
    client.reset();
    stage.settle();
    assert.equal(stage.record().firstByteMs, null);
    assert.deepEqual(observed(stage, "firstByte"), { count: 0, sumMs: 0 });
    assert.equal(observed(stage, "session").count, 1);
  });

  it("holds a time to the first byte of 0 where that came with the connection", async () => {
    const stage = await createStage();
    stage.server(0).onAccept = (peer) => peer.send("hello");
    stage.client().reset();
    stage.settle();
    assert.equal(stage.record().firstByteMs, 0);
    assert.equal(observed(stage, "firstByte").count, 1);
  });

  it("holds no pool where it ended before it looked for a backend", async () => {
    const stage = await createStage({ limit: 0 });
    stage.client();
    const { pool, backend, backendAddress, attempts, failed, dialMs, firstByteMs, active } = stage.record();
    assert.deepEqual(
      { pool, backend, backendAddress, attempts, failed, dialMs, firstByteMs, active },
      {
        pool: null,
        backend: null,
        backendAddress: null,
        attempts: 0,
        failed: [],
        dialMs: null,
        firstByteMs: null,
        active: { process: 0, listener: 0, backend: null },
      },
    );
  });

  it("is no session of a backend where no dial succeeded", async () => {
    const stage = await createStage();
    stage.server(0).otherwise = failure("refused");
    stage.client();
    assert.deepEqual([stage.record().dialMs, stage.record().bytesUp], [null, 0]);
    assert.equal(stage.counters.row(0).sessions, 0);
    for (const name of ["dial", "firstByte", "session"] as const) assert.equal(observed(stage, name).count, 0);
  });

  it("gives times to the microsecond", async () => {
    const { stage, client } = await createRelaying();
    stage.clock.jump(1.2345678);
    client.reset();
    stage.settle();
    assert.equal(stage.record().durationMs, 1.235);
  });
});
