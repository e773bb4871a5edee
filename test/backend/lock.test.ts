import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import { breakLocks, lockOwner, releaseLock, takeLock } from "../../src/backend/lock.ts";

function locksOf(count: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT));
}

describe("takeLock", () => {
  it("takes what is free, and nothing else", () => {
    const locks = locksOf(2);
    assert.ok(takeLock(locks, 0, lockOwner(0)));
    assert.ok(takeLock(locks, 1, lockOwner(1)));
    releaseLock(locks, 0);
    assert.ok(takeLock(locks, 0, lockOwner(1)));
  });

  it("does not wait for ever for somebody who keeps it", () => {
    const locks = locksOf(1);
    takeLock(locks, 0, lockOwner(0));
    assert.equal(takeLock(locks, 0, lockOwner(1)), false);
  });

  it("lets one thread at a time in", async () => {
    const shared = new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT);
    const threads = [0, 1, 2].map(
      (worker) => new Worker(new URL("./lock-worker.js", import.meta.url), { workerData: [worker, shared] }),
    );
    await Promise.all(threads.map((thread) => once(thread, "exit")));
    const [lock, count, tooMany] = new Int32Array(shared);
    assert.deepEqual([lock, count, tooMany], [0, 3 * 20_000, 0]);
  });
});

describe("breakLocks", () => {
  it("frees what one owner held", () => {
    const locks = locksOf(3);
    for (const [index, worker] of [0, 1, 0].entries()) takeLock(locks, index, lockOwner(worker));
    breakLocks(locks, lockOwner(0));
    assert.deepEqual([...locks], [0, lockOwner(1), 0]);
  });
});
