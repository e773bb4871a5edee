import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Waiters } from "../../src/backend/waiters.ts";
import { PoolLine } from "../../src/control/pool-line.ts";

describe("PoolLine", () => {
  it("is no queue where none is configured", () => {
    const line = new PoolLine();
    assert.deepEqual([line.snapshot(undefined), line.length], [undefined, 0]);
    line.settle(0);
  });

  it("keeps its memory while that is large enough", () => {
    const line = new PoolLine();
    const first = line.snapshot({ limit: 10, timeoutMs: 5 });
    const second = line.snapshot({ limit: 1_000, timeoutMs: 6 });
    assert.equal(first?.memory, second?.memory);
    assert.deepEqual([second?.limit, second?.timeoutMs], [1_000, 6]);
    const third = line.snapshot({ limit: 100_000, timeoutMs: 6 });
    assert.notEqual(second?.memory, third?.memory);
    assert.ok(new Waiters(third?.memory ?? assert.fail(), 0).capacity >= 100_000);
  });

  it("knows how many wait, and forgets those of a worker that has gone", () => {
    const line = new PoolLine();
    const { memory } = line.snapshot({ limit: 10, timeoutMs: 5 }) ?? assert.fail();
    for (const worker of [0, 1, 1]) new Waiters(memory, worker).enter(10);
    assert.equal(line.length, 3);
    line.settle(1);
    assert.equal(line.length, 1);
  });
});
