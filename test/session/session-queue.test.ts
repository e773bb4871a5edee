import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withAdministrative, withHealth } from "../../src/backend/state.ts";
import { createWaiterMemory, Waiters } from "../../src/backend/waiters.ts";
import { TICK_MS } from "../../src/session/wheel.ts";
import type { MemoryPeer } from "../support/memory-peer.ts";
import { failure } from "../support/memory-server.ts";
import { poolSnapshot } from "../support/snapshots.ts";
import { createStage, type Stage, type StageOptions } from "../support/stage.ts";

interface Queued {
  readonly stage: Stage;
  readonly waiters: Waiters;
  /** Those who have a place, and those who wait, in the order in which they came. */
  readonly clients: readonly MemoryPeer[];
}

/** A pool of one place for each backend, and so many clients. */
async function createQueued(
  clientCount: number,
  more: StageOptions & { readonly limit?: number } = {},
): Promise<Queued> {
  const { limit = 10, pool, ...options } = more;
  const memory = createWaiterMemory(32);
  const queue = { memory, limit, timeoutMs: 5_000 };
  const stage = await createStage({ backendLimit: 1, ...options, pool: { queue, ...pool } });
  const clients = Array.from({ length: clientCount }, () => stage.client());
  return { stage, waiters: new Waiters(memory, undefined), clients };
}

function assertNothingLeft({ stage, waiters }: Queued): void {
  stage.assertNothingLeft();
  assert.deepEqual([waiters.length, waiters.awake], [0, 0]);
}

/** A backend that answers each client with its number, and then has finished. */
function say(stage: Stage, text: string, row = 0): void {
  stage.peer(row).finish(text);
}

describe("Session: a queue", () => {
  it("keeps clients waiting while every backend is full, and serves them in the order of arrival", async () => {
    const queued = await createQueued(3);
    const { stage, waiters, clients } = queued;
    assert.deepEqual([stage.server(0).dialCount, waiters.length], [1, 2]);
    for (const [index, client] of clients.entries()) {
      stage.pass(1_000);
      say(stage, `${index}`);
      client.finish();
      stage.settle();
      assert.deepEqual([client.receivedText, client.end], [`${index}`, "finished"]);
    }
    assert.deepEqual(
      stage.records.map(({ end, queueMs, dialMs, attempts }) => [end, queueMs, dialMs, attempts]),
      [
        ["client-finished", null, 0, 1],
        ["client-finished", 1_000, 0, 1],
        ["client-finished", 2_000, 0, 1],
      ],
    );
    assert.deepEqual(stage.counters.histogram(0, "queue").count, 2);
    assertNothingLeft(queued);
  });

  it("carries on what a client has sent while it waited, with its FIN", async () => {
    const { stage, clients } = await createQueued(2);
    const [first, second] = clients;
    second?.finish("question");
    stage.settle();
    first?.reset();
    stage.settle();
    assert.deepEqual([stage.peer().receivedText, stage.peer().end], ["question", "finished"]);
    say(stage, "answer");
    stage.settle();
    assert.equal(second?.receivedText, "answer");
  });

  it("lets a client go that resets, and nobody waits for it", async () => {
    const queued = await createQueued(3);
    const { stage, waiters, clients } = queued;
    clients[1]?.reset();
    stage.settle();
    assert.equal(waiters.length, 1);
    assert.deepEqual([stage.record().end, stage.record().queueMs, stage.record().attempts], ["client-gone", 0, 0]);
    clients[0]?.reset();
    stage.settle();
    assert.deepEqual([stage.server(0).dialCount, waiters.length], [2, 0]);
    clients[2]?.reset();
    stage.settle();
    assertNothingLeft(queued);
  });

  it("turns away who has waited for queue-timeout, never before", async () => {
    const queued = await createQueued(2);
    const { stage, clients } = queued;
    stage.pass(4_999);
    assert.equal(clients[1]?.end, undefined);
    stage.pass(1 + TICK_MS);
    assert.equal(clients[1]?.end, "reset");
    const { end, error, queueMs } = stage.record();
    assert.deepEqual(
      [end, error, queueMs !== null && queueMs >= 5_000],
      ["queue-timeout", "1 at max-connections", true],
    );
    clients[0]?.reset();
    stage.settle();
    assertNothingLeft(queued);
  });

  it("turns away at once who finds the queue full", async () => {
    const { stage } = await createQueued(4, { limit: 2 });
    assert.deepEqual(
      [stage.record().end, stage.record().error, stage.record().queueMs],
      ["queue-full", "2 wait", null],
    );
  });

  it("lets nobody wait where no backend is well: as without a queue", async () => {
    const { stage } = await createQueued(0);
    stage.table.changeState(0, (word) => withHealth(word, "down"));
    stage.client();
    assert.deepEqual([stage.record().end, stage.record().error], ["no-backend", "1 down"]);
  });

  it("lets nobody wait without a queue", async () => {
    const stage = await createStage({ backendLimit: 1 });
    stage.client();
    stage.client();
    assert.deepEqual([stage.record().end, stage.record().error], ["no-backend", "1 at max-connections"]);
  });

  it("puts nobody who comes before those who wait, though a place is free", async () => {
    const { stage, waiters, clients } = await createQueued(2);
    clients[0]?.reset();
    const late = stage.connect();
    stage.settle();
    clients[1]?.send("second");
    late.send("late");
    stage.settle();
    assert.deepEqual([stage.peer().receivedText, waiters.length], ["second", 1]);
  });

  it("finds a place that came by itself: a backend that is up again", async () => {
    const { stage, waiters } = await createQueued(0, { backendCount: 2 });
    stage.table.changeState(1, (word) => withAdministrative(word, "drain"));
    stage.client();
    const second = stage.client();
    second.send("second");
    stage.pass(1_000);
    assert.equal(waiters.length, 1);
    stage.table.changeState(1, (word) => withAdministrative(word, "ready"));
    stage.pass(TICK_MS);
    assert.deepEqual([stage.peer(1).receivedText, waiters.length], ["second", 0]);
  });

  it("goes on with another backend after a failed dial, and waits for it where that is full", async () => {
    const { stage, waiters, clients } = await createQueued(1, { backendCount: 2 });
    stage.server(1).script.push(failure("refused"));
    const second = stage.client();
    assert.deepEqual([waiters.length, second.end], [1, undefined]);
    clients[0]?.reset();
    stage.settle();
    second.send("hello");
    stage.settle();
    assert.deepEqual([stage.peer(0).receivedText, waiters.length], ["hello", 0]);
  });

  it("passes a place on that the first has tried in vain, and keeps the first in its place", async () => {
    const { stage, waiters } = await createQueued(1, { backendCount: 2 });
    stage.server(1).script.push(failure("refused"));
    const failed = stage.client();
    const other = stage.client();
    other.send("other");
    stage.settle();
    // The place of the failed dial is the second backend's, and was given back when nobody else waited.
    assert.deepEqual([stage.peer(1).receivedText, waiters.length, failed.end], ["other", 1, undefined]);
  });

  it("counts the time for dialling from the moment in which it dials", async () => {
    const { stage, clients } = await createQueued(2, { pool: { dialDeadlineMs: 2_000 } });
    stage.pass(4_000);
    stage.server(0).script.push("wait");
    clients[0]?.reset();
    stage.settle();
    stage.pass(1_500);
    stage.server(0).accept();
    stage.settle();
    clients[1]?.reset();
    stage.settle();
    const { queueMs, dialMs } = stage.records[1] ?? assert.fail();
    assert.deepEqual([queueMs, dialMs], [4_000, 1_500]);
  });

  it("does not wait for an end of the session itself", async () => {
    for (const end of ["max-lifetime", "shutdown"] as const) {
      const queued = await createQueued(2, { listener: { maxLifetimeMs: 1_000 } });
      const { stage } = queued;
      if (end === "shutdown") assert.equal(stage.plane.abort(end), 2);
      stage.pass(1_000 + TICK_MS);
      assert.deepEqual(new Set(stage.records.map((record) => record.end)), new Set([end]));
      assertNothingLeft(queued);
    }
  });

  it("follows a new limit and timeout, and waits on", async () => {
    const { stage, waiters } = await createQueued(2);
    const queue = stage.snapshot.pools[0]?.queue ?? assert.fail();
    stage.apply({ pools: [poolSnapshot([0], { queue: { ...queue, limit: 1 } })] });
    stage.client();
    assert.deepEqual([stage.record().end, waiters.length], ["queue-full", 1]);
  });

  it("leaves everybody where he is in the line with a snapshot that has come as a message", async () => {
    const { stage, waiters } = await createQueued(2);
    const queue = stage.snapshot.pools[0]?.queue ?? assert.fail();
    new Waiters(waiters.memory, 1).enter(10);
    stage.apply({ pools: [poolSnapshot([0], { queue: structuredClone(queue) })] });
    assert.deepEqual([waiters.wake(), waiters.length], [0, 2]);
  });

  it("sends everybody on when there is no queue any more, and to the other when it is another", async () => {
    const queued = await createQueued(3);
    const { stage, waiters } = queued;
    const memory = createWaiterMemory(4);
    stage.apply({ pools: [poolSnapshot([0], { queue: { memory, limit: 4, timeoutMs: 5_000 } })] });
    assert.deepEqual([waiters.length, new Waiters(memory, undefined).length], [0, 2]);
    stage.apply({ pools: [poolSnapshot([0])] });
    stage.settle();
    assert.deepEqual(
      stage.records.map(({ end }) => end),
      ["no-backend", "no-backend"],
    );
    assert.equal(new Waiters(memory, undefined).length, 0);
  });

  it("lets nobody wait for a pool that is in no snapshot any more", async () => {
    const { stage, waiters } = await createQueued(2);
    stage.apply({ pools: [poolSnapshot([0], { name: "other" })] });
    stage.settle();
    assert.deepEqual([stage.record().end, waiters.length], ["no-backend", 0]);
  });
});
