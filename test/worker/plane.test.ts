import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { withAdministrative } from "../../src/backend/state.ts";
import { TICK_MS } from "../../src/session/wheel.ts";
import { failure } from "../support/memory-server.ts";
import { listenerSnapshot, poolSnapshot } from "../support/snapshots.ts";
import { createRelaying, createStage, type Stage, type StageOptions } from "../support/stage.ts";

const OTHER = { kind: "ip", ip: "127.0.0.1", port: 81 } as const;

describe("Plane: snapshots", () => {
  it("says which one it runs on", async () => {
    const stage = await createStage();
    assert.equal(stage.plane.version, 1);
    stage.apply({});
    assert.equal(stage.plane.version, 2);
  });

  it("gives new sessions the backends of the new one and leaves live ones where they are", async () => {
    const stage = await createStage({ backendCount: 2, pool: { rows: poolSnapshot([0]).rows } });
    const before = stage.client();
    const old = stage.peer(0);
    stage.table.changeState(0, (word) => withAdministrative(word, "removed"));
    stage.apply({ pools: [poolSnapshot([1])] });
    stage.client();
    assert.deepEqual([stage.server(0).dialCount, stage.server(1).dialCount], [1, 1]);
    before.finish("still here");
    old.finish("and served");
    stage.settle();
    assert.deepEqual([old.receivedText, before.receivedText], ["still here", "and served"]);
    assert.equal(stage.end(), "client-finished");
    assert.equal(stage.table.active[0], 0);
  });

  it("lets a dial that is under way look for its next backend in the new one", async () => {
    const stage = await createStage({ backendCount: 3, pool: { rows: poolSnapshot([0, 1]).rows } });
    stage.server(0).script.push("wait");
    stage.client();
    stage.table.changeState(1, (word) => withAdministrative(word, "removed"));
    stage.apply({ pools: [poolSnapshot([0, 2])] });
    stage.server(0).fail(failure("refused"));
    stage.settle();
    assert.deepEqual([stage.server(1).dialCount, stage.server(2).dialCount], [0, 1]);
  });

  it("ends a dial whose pool is gone when it fails, as it would with no backend left", async () => {
    const stage = await createStage({ backendCount: 2 });
    stage.server(0).script.push("wait");
    stage.client();
    for (const row of [0, 1]) stage.table.changeState(row, (word) => withAdministrative(word, "removed"));
    stage.apply({
      listeners: [listenerSnapshot({ pool: "new", revision: 2 })],
      pools: [poolSnapshot([], { name: "new" })],
    });
    stage.server(0).fail(failure("refused"));
    stage.settle();
    assert.equal(stage.end(), "dial-failed");
    stage.assertNothingLeft();
  });

  it("has no backend for who decides on a pool that has gone meanwhile", async () => {
    const stage = await createStage({ backendCount: 2, listener: { dial: "on-data" } });
    const client = stage.client();
    stage.apply({
      listeners: [listenerSnapshot({ pool: "new", revision: 2 })],
      pools: [poolSnapshot([1], { name: "new" })],
    });
    client.send("late");
    stage.settle();
    assert.deepEqual([stage.end(), stage.record().pool], ["no-backend", "main"]);
    stage.assertNothingLeft();
  });

  it("gives new sessions the listener's new options and leaves live ones theirs", async () => {
    const stage = await createStage({ listener: { idleTimeoutMs: 10_000 } });
    const before = stage.client();
    stage.apply({ listeners: [listenerSnapshot({ idleTimeoutMs: 1_000, revision: 2 })] });
    const after = stage.client();
    stage.pass(1_000 + TICK_MS);
    assert.deepEqual([before.end, after.end], [undefined, "reset"]);
    stage.pass(9_000);
    assert.equal(before.end, "reset");
  });

  it("picks by another policy once the snapshot names one", async () => {
    const made: string[] = [];
    const stage = await createStage({ onPolicy: (name) => made.push(name) });
    stage.apply({});
    assert.deepEqual(made, ["least-connections"]);
    stage.apply({ pools: [poolSnapshot([0], { policy: "random" })] });
    stage.apply({ pools: [poolSnapshot([0], { policy: "random" })] });
    assert.deepEqual(made, ["least-connections", "random"]);
    stage.client();
    assert.equal(stage.server(0).dialCount, 1);
  });

  it("leads a listener to another pool", async () => {
    const stage = await createStage({ backendCount: 2, pool: { rows: poolSnapshot([0]).rows } });
    stage.apply({
      listeners: [listenerSnapshot({ pool: "other", revision: 2 })],
      pools: [...stage.snapshot.pools, poolSnapshot([1], { name: "other", counterSlot: 1 })],
    });
    stage.client().reset();
    stage.settle();
    assert.deepEqual([stage.record().pool, stage.record().backend], ["other", "other/b1"]);
  });

  it("resets whoever still comes to a listener that the snapshot lacks, and harms nobody", async () => {
    const stage = await createStage();
    const before = stage.client();
    stage.apply({ listeners: [] });
    const client = stage.client();
    assert.equal(client.end, "reset");
    assert.deepEqual(stage.reported, ['internal: the snapshot has no listener "front"']);
    assert.equal(before.end, undefined);
    before.reset();
    stage.settle();
    stage.assertNothingLeft();
  });
});

describe("Plane: listening", () => {
  it("refuses a listener that the snapshot lacks, and an address that is taken", async () => {
    const stage = await createStage();
    await assert.rejects(stage.plane.listen(1, "back", OTHER), /no listener "back"/);
    await assert.rejects(stage.plane.listen(1, "front", { ...OTHER, port: 80 }), { code: "EADDRINUSE" });
  });

  it("counts each listener's sessions by itself, and all for the process", async () => {
    const stage = await createStage({ limit: 3 });
    stage.apply({ listeners: [listenerSnapshot(), listenerSnapshot({ name: "back", slot: 1, lane: 1 })] });
    const back = await stage.plane.listen(1, "back", OTHER);
    stage.client();
    const clients = [0, 1, 2].map(() => stage.transport.connect(back));
    stage.settle();
    assert.deepEqual([stage.admission.listenerActive(0), stage.admission.listenerActive(1)], [1, 2]);
    assert.equal(stage.admission.processActive, 3);
    assert.deepEqual(stage.counters.lane(1).ends, { "over-limit": 1 });
    assert.deepEqual(
      clients.map(({ end }) => end),
      [undefined, undefined, "reset"],
    );
    assert.deepEqual([stage.record().listener, stage.record().local], ["back", "127.0.0.1:81"]);
  });

  it("reports what keeps it from accepting", async () => {
    const stage = await createStage();
    stage.transport.failAccept({ ...OTHER, port: 80 }, "EMFILE");
    stage.settle();
    assert.deepEqual(stage.reported, ["accept failed: front: EMFILE"]);
    assert.equal(stage.client().end, undefined);
  });

  it("frees its addresses when it stops accepting, and lets sessions go on", async () => {
    const { stage, client, backend } = await createRelaying();
    const waiting = stage.connect();
    stage.plane.stopAccepting();
    stage.plane.stopAccepting();
    stage.settle();
    assert.equal(waiting.end, "reset");
    assert.throws(() => stage.connect(), /ECONNREFUSED/);
    client.send("still here");
    stage.settle();
    assert.equal(backend.receivedText, "still here");
    await stage.plane.listen(1, "front", { ...OTHER, port: 80 });
  });
});

describe("Plane: ending sessions", () => {
  it("calls back when no session is left, at once where there is none", async () => {
    const stage = await createStage();
    let isEmpty = false;
    stage.plane.whenEmpty(() => {
      isEmpty = true;
    });
    assert.equal(isEmpty, true);
    const clients = [stage.client(), stage.client()];
    let waitersDone = 0;
    for (let waiter = 0; waiter < 2; waiter++) stage.plane.whenEmpty(() => waitersDone++);
    clients[0]?.reset();
    stage.settle();
    assert.equal(waitersDone, 0);
    clients[1]?.reset();
    stage.settle();
    assert.equal(waitersDone, 2);
  });

  it("waits for sessions that are on their way out", async () => {
    const { stage } = await createRelaying();
    let isEmpty = false;
    stage.plane.abort("shutdown");
    stage.plane.whenEmpty(() => {
      isEmpty = true;
    });
    await nextTurn();
    assert.equal(isEmpty, false);
    stage.settle();
    assert.equal(isEmpty, true);
  });

  it("resets the sessions that are chosen, and says how many", async () => {
    const stage = await createStage({ backendCount: 2, backendLimit: 2 });
    const clients = [stage.client(), stage.client(), stage.client()];
    assert.equal(
      stage.plane.abort("closed-by-operator", ({ backendRow }) => backendRow === 0),
      2,
    );
    stage.settle();
    assert.deepEqual(
      clients.map(({ end }) => end),
      ["reset", "reset", undefined],
    );
    assert.deepEqual(
      stage.records.map(({ end, backend }) => [end, backend]),
      [
        ["closed-by-operator", "main/b0"],
        ["closed-by-operator", "main/b0"],
      ],
    );
    assert.equal(stage.plane.abort("shutdown"), 1);
    assert.equal(stage.plane.abort("shutdown"), 0);
  });
});

describe("Plane: ticking", () => {
  const options: StageOptions = { listener: { idleTimeoutMs: 10_000 } };

  it("needs no timer while there is no session", async () => {
    const stage = await createStage();
    assert.equal(stage.clock.pendingTimers, 0);
    const client = stage.client();
    assert.equal(stage.clock.pendingTimers, 1);
    stage.pass(10 * TICK_MS);
    assert.equal(stage.clock.pendingTimers, 1);
    client.reset();
    stage.settle();
    assert.equal(stage.clock.pendingTimers, 0);
  });

  it("is never more than a tick late, whenever sessions begin", async () => {
    const stage = await createStage(options);
    for (let count = 0; count < 2 * TICK_MS; count++) {
      stage.client();
      stage.clock.advance(1);
    }
    stage.pass(11_000);
    const durations = stage.records.map(({ durationMs }) => durationMs);
    assert.equal(durations.length, 2 * TICK_MS);
    assert.ok(Math.min(...durations) >= 10_000, `${Math.min(...durations)}`);
    assert.ok(Math.max(...durations) <= 10_000 + TICK_MS, `${Math.max(...durations)}`);
  });

  it("ends sessions on time that begin after it has slept", async () => {
    const stage = await createStage(options);
    stage.clock.jump(123_456_789);
    const client = stage.client();
    stage.pass(9_999);
    assert.equal(client.end, undefined);
    stage.pass(1 + TICK_MS);
    assert.equal(client.end, "reset");
  });

  /** The process stands still for longer than idle-timeout, and then its timers run. */
  function stop(stage: Stage): void {
    stage.clock.jump(60_000);
    stage.clock.advance(0);
  }

  it("lets waiting bytes in before it expires anything, after the process was stopped", async () => {
    const stage = await createStage(options);
    const clients = [stage.client(), stage.client()];
    clients[0]?.send("alive");
    stop(stage);
    assert.deepEqual([stage.plane.sessionCount, stage.records.length], [2, 0]);
    // The poll for I/O between Node's timers and its immediates.
    stage.settle();
    await nextTurn();
    stage.settle();
    assert.deepEqual(
      clients.map(({ end }) => end),
      [undefined, "reset"],
    );
    assert.equal(stage.end(), "idle-timeout");
    stage.pass(10_000 + TICK_MS);
    assert.equal(stage.plane.sessionCount, 0);
  });

  it("lets an answered dial in before it gives it up, after the process was stopped", async () => {
    const stage = await createStage();
    stage.server(0).script.push("wait");
    const client = stage.client();
    stage.server(0).accept();
    stop(stage);
    stage.settle();
    await nextTurn();
    stage.settle();
    assert.equal(client.end, undefined);
    assert.equal(stage.counters.row(0).dials.ok, 1);
  });

  it("goes on ticking after that", async () => {
    const { stage, client } = await createRelaying(options);
    client.send("alive");
    stop(stage);
    stage.settle();
    await nextTurn();
    assert.equal(stage.clock.pendingTimers, 1);
    stage.pass(10_000 + TICK_MS);
    assert.equal(stage.end(), "idle-timeout");
    assert.equal(stage.clock.pendingTimers, 0);
  });

  it("does not tick twice when all sessions end and one begins meanwhile", async () => {
    const { stage, client } = await createRelaying(options);
    stop(stage);
    client.reset();
    stage.settle();
    const next = stage.client();
    await nextTurn();
    assert.equal(stage.clock.pendingTimers, 1);
    stage.pass(9_000);
    assert.equal(next.end, undefined);
    assert.equal(stage.clock.pendingTimers, 1);
  });

  it("expires at once what is due after a short stall", async () => {
    const { stage, client } = await createRelaying(options);
    stage.pass(9_900);
    stage.clock.jump(2 * TICK_MS);
    stage.clock.advance(0);
    stage.settle();
    assert.equal(client.end, "reset");
  });
});
