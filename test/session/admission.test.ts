import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { Admission } from "../../src/session/admission.ts";

describe("Admission", () => {
  it("admits up to the limit, and again when one has left", () => {
    const admission = new Admission(2);
    assert.deepEqual([admission.enter(0), admission.enter(1), admission.enter(0)], [true, true, false]);
    assert.deepEqual([admission.processActive, admission.listenerActive(0), admission.listenerActive(1)], [2, 1, 1]);
    admission.leave(1);
    assert.equal(admission.enter(0), true);
    assert.deepEqual([admission.processActive, admission.listenerActive(0), admission.listenerActive(1)], [2, 2, 0]);
  });

  it("admits without end where there is no limit", () => {
    const admission = new Admission(Number.POSITIVE_INFINITY);
    for (let count = 0; count < 10_000; count++) assert.ok(admission.enter(0));
    assert.equal(admission.processActive, 10_000);
  });

  it("is exact over any order of comings and goings", () => {
    const step = fc.record({ listener: fc.constantFrom(0, 1, 1_022), enters: fc.boolean() });
    fc.assert(
      fc.property(fc.nat({ max: 5 }), fc.array(step, { maxLength: 50, size: "max" }), (limit, steps) => {
        const admission = new Admission(limit);
        const active = new Map<number, number>();
        const total = (): number => [...active.values()].reduce((sum, count) => sum + count, 0);
        for (const { listener, enters } of steps) {
          const count = active.get(listener) ?? 0;
          if (enters) {
            const isRoom = total() < limit;
            assert.equal(admission.enter(listener), isRoom);
            if (isRoom) active.set(listener, count + 1);
          } else if (count > 0) {
            admission.leave(listener);
            active.set(listener, count - 1);
          }
          assert.equal(admission.processActive, total());
          for (const [slot, expected] of active) assert.equal(admission.listenerActive(slot), expected);
        }
      }),
    );
  });

  it("takes back what a thread that has gone had added, and no more", () => {
    const control = new Admission(10);
    const gone = new Admission(10, control.memory);
    const other = new Admission(10, control.memory);
    for (const slot of [0, 0, 1_022]) gone.enter(slot);
    gone.leave(0);
    other.enter(0);
    control.takeBack(gone.share);
    assert.deepEqual([control.processActive, control.listenerActive(0), control.listenerActive(1_022)], [1, 1, 0]);
    control.takeBack(gone.share);
    assert.equal(control.processActive, 1, "nothing is left to be taken back");
  });

  it("refuses a listener beyond its places before it counts anything", () => {
    const admission = new Admission(10);
    assert.throws(() => admission.enter(4_095), RangeError);
    assert.equal(admission.processActive, 0);
  });

  it("never admits more than the limit over several threads, and leaves nothing behind", async () => {
    const limit = 3;
    const admission = new Admission(limit);
    const seen = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
    const workers = Array.from(
      { length: 4 },
      () =>
        new Worker(new URL("./admission-worker.js", import.meta.url), { workerData: [limit, admission.memory, seen] }),
    );
    await Promise.all(workers.map((worker) => once(worker, "exit")));
    const [inside, most] = new Int32Array(seen);
    assert.equal(inside, 0);
    assert.ok(most !== undefined && most >= 1 && most <= limit, `${most} at once`);
    assert.deepEqual([admission.processActive, admission.listenerActive(7)], [0, 0]);
  });
});
