// Bytes of sessions that live: what others see of them, and when.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { ProgressRecord } from "../../src/session/record.ts";
import { createRelaying, createStage, type Stage } from "../support/stage.ts";

function counted({ counters, sessions }: Stage) {
  const [lane, row, entry] = [counters.lane(0), counters.row(0), sessions.read(0)];
  return {
    lane: [lane.bytesUp, lane.bytesDown],
    row: [row.bytesUp, row.bytesDown],
    entry: entry === undefined ? undefined : [entry.bytesUp, entry.bytesDown],
  };
}

describe("the bytes of a session that lives", () => {
  it("are counted while it goes on, and the rest at its end: none twice", async () => {
    const { stage, client, backend } = await createRelaying();
    const before = counted(stage);
    client.send("12345");
    backend.send("123");
    stage.settle();
    assert.deepEqual(counted(stage), before, "not at once");
    stage.pass(1_100);
    const [up = 0, down = 0] = before.lane;
    const after = { lane: [up + 5, down + 3], row: [up + 5, down + 3], entry: [up + 5, down + 3] };
    assert.deepEqual(counted(stage), after);
    stage.pass(3_000);
    assert.deepEqual(counted(stage), after, "nothing has come");
    client.send("67");
    client.reset();
    stage.settle();
    assert.deepEqual([stage.record().bytesUp, stage.record().bytesDown], [up + 7, down + 3]);
    assert.deepEqual(counted(stage), { lane: [up + 7, down + 3], row: [up + 7, down + 3], entry: undefined });
  });

  it("never go backwards, and in the end are those of the records, whenever anybody looks", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ who: fc.nat(4), bytes: fc.integer({ min: 1, max: 300 }), passMs: fc.nat(900) }), {
          maxLength: 30,
        }),
        async (steps) => {
          const stage = await createStage();
          const clients = Array.from({ length: 5 }, () => stage.client());
          let last = 0;
          for (const { who, bytes, passMs } of steps) {
            clients[who]?.send("x".repeat(bytes));
            stage.settle();
            stage.pass(passMs);
            const { bytesUp } = stage.counters.lane(0);
            assert.ok(bytesUp >= last);
            assert.equal(stage.counters.row(0).bytesUp, bytesUp);
            last = bytesUp;
          }
          for (const client of clients) client.finish();
          for (const peer of stage.servers[0]?.peers ?? []) peer.finish();
          stage.settle();
          const sum = stage.records.reduce((total, record) => total + record.bytesUp, 0);
          assert.equal(
            sum,
            steps.reduce((total, { bytes }) => total + bytes, 0),
          );
          assert.deepEqual([stage.counters.lane(0).bytesUp, stage.counters.row(0).bytesUp], [sum, sum]);
          stage.assertNothingLeft();
        },
      ),
      { numRuns: 30 },
    );
  });

  it("have their turn within about a second also where sessions are many", async () => {
    const stage = await createStage({ limit: 1_000 });
    const clients = Array.from({ length: 300 }, () => stage.client());
    for (const client of clients) client.send("1");
    stage.settle();
    stage.pass(1_200);
    assert.equal(stage.counters.lane(0).bytesUp, 300);
    for (const client of clients) client.reset();
    stage.settle();
    assert.equal(stage.counters.lane(0).bytesUp, 300);
  });
});

describe("a session that goes on", () => {
  async function createWatched(progressIntervalMs: number) {
    const told: ProgressRecord[] = [];
    const reports = { progressIntervalMs, progressed: (record: ProgressRecord) => void told.push(record) };
    return { ...(await createRelaying({ reports })), told };
  }

  it("is told of each time that the interval is over, with all that is known by then", async () => {
    const { stage, client, told } = await createWatched(60_000);
    client.send("12345");
    stage.settle();
    stage.pass(59_000);
    assert.equal(told.length, 0);
    stage.pass(2_000);
    assert.equal(told.length, 1);
    const record = told[0] ?? assert.fail("it was not told of");
    assert.deepEqual(
      [record.bytesUp, record.backend, record.listener, record.end, record.error],
      [5, "main/b0", "front", null, null],
    );
    assert.deepEqual(record.active, { process: 0, listener: 0, backend: 0 }, "this one not counted");
    assert.ok(record.durationMs >= 60_000);
    stage.pass(62_000);
    assert.equal(told.length, 2);
    client.reset();
    stage.settle();
    stage.pass(120_000);
    assert.equal(told.length, 2);
    assert.deepEqual(Object.keys(record).sort(), Object.keys(stage.record()).sort());
  });

  it("is told of by nobody where that is off", async () => {
    const { stage, told } = await createWatched(Number.POSITIVE_INFINITY);
    stage.pass(300_000);
    assert.deepEqual(told, []);
  });
});
