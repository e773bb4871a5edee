import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PoolQueue } from "../../src/backend/queue.ts";
import { createWaiterMemory } from "../../src/backend/waiters.ts";
import { Queueing } from "../../src/session/queueing.ts";

const WAITER = { tried: [], takePlace: () => true, onDissolved() {} };

function createQueue(limit: number): PoolQueue {
  return new PoolQueue({ memory: createWaiterMemory(8), limit, timeoutMs: 500 }, 0, () => {});
}

describe("Queueing", () => {
  it("knows how long it has waited, and until when it may", () => {
    const queue = createQueue(1);
    const queueing = Queueing.enter(queue, WAITER, 1_000) ?? assert.fail();
    assert.deepEqual([queue.length, queueing.dueMs], [1, 1_500]);
    assert.deepEqual([queueing.takeWaitedMs(1_100), queueing.takeWaitedMs(1_150)], [100, 50]);
    assert.equal(queueing.leave(1_200), 200);
    assert.equal(queue.length, 0);
  });

  it("does not begin where the queue is full", () => {
    const queue = createQueue(1);
    Queueing.enter(queue, WAITER, 0);
    assert.equal(Queueing.enter(queue, WAITER, 0), undefined);
  });
});
