import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { lockOwner, takeLock } from "../../src/backend/lock.ts";
import { createWaiterMemory, isSameLine, Waiters } from "../../src/backend/waiters.ts";
import type { WaitersReport, WaitersTask } from "./waiters-worker.ts";

/** One line of so many, as several workers and the control plane see it. */
function createLine(capacity: number, workers = 2) {
  const memory = createWaiterMemory(capacity);
  const line = Array.from({ length: workers }, (_, worker) => new Waiters(memory, worker));
  const [first = assert.fail(), second = first] = line;
  return { memory, line, first, second, control: new Waiters(memory, undefined) };
}

describe("Waiters", () => {
  it("wakes in the order of arrival, over all workers", () => {
    const { first, second } = createLine(4);
    const slots = [first.enter(4), second.enter(4), first.enter(4)];
    assert.deepEqual([first.wake(), first.wake()], [0, 1]);
    assert.deepEqual([first.takeWoken(), second.takeWoken()], [[slots[0]], [slots[1]]]);
    assert.equal(second.wake(), 0);
    assert.deepEqual(first.takeWoken(), [slots[2]]);
    assert.equal(second.wake(), -1, "nobody is left to be woken");
    assert.equal(first.length, 3, "until they leave");
  });

  it("takes no more than the limit, nor than there is room for", () => {
    const { first, second } = createLine(2);
    assert.equal(first.enter(1), 0);
    assert.equal(second.enter(1), -1);
    assert.equal(second.enter(9), 1);
    assert.equal(first.enter(9), -1);
    assert.equal(first.length, 2);
  });

  it("keeps the place in the line of one that has tried in vain", () => {
    const { first, second } = createLine(3);
    const slot = first.enter(3);
    second.enter(3);
    first.wake();
    assert.deepEqual(first.takeWoken(), [slot]);
    first.again(slot);
    assert.equal(second.wake(), 0, "it is the first still");
  });

  it("can pass over whoever has no use for a place", () => {
    const { first, second } = createLine(3);
    const slot = first.enter(3);
    second.enter(3);
    first.wake();
    first.takeWoken();
    first.again(slot);
    assert.equal(first.wake(slot), 1);
  });

  it("says when one leaves that has been woken and has not tried, so that another is", () => {
    const { first } = createLine(3);
    const slots = [first.enter(3), first.enter(3)];
    assert.equal(first.leave(slots[1] ?? -1), "left");
    first.wake();
    assert.equal(first.leave(slots[0] ?? -1), "woken");
    assert.deepEqual([first.takeWoken(), first.length], [[], 0]);
    const again = new Set([first.enter(3), first.enter(3), first.enter(3)]);
    assert.deepEqual(again, new Set([0, 1, 2]), "all slots are free again");
  });

  it("leaves later where somebody has died with the lock", () => {
    const { first, memory, control } = createLine(2);
    const slot = first.enter(2);
    takeLock(new Int32Array(memory), 0, lockOwner(1));
    assert.equal(first.leave(slot), "stuck");
    assert.deepEqual([first.enter(2), first.wake()], [-1, -1]);
    control.settle(1);
    assert.equal(first.leave(slot), "left");
    assert.equal(control.length, 0);
  });

  it("is a line of arrivals in any order of what happens, and a worker that goes takes its waiters along", () => {
    const step = fc.record({
      act: fc.constantFrom("enter", "enter", "leave", "wake", "try", "settle"),
      worker: fc.nat({ max: 2 }),
      index: fc.nat({ max: 9 }),
      succeeds: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.array(step, { maxLength: 80 }), (limit, steps) => {
        const { line, control } = createLine(8, 3);
        const model = new Model(limit);
        for (const { act, worker, index, succeeds } of steps) {
          const own = line[worker] ?? assert.fail();
          switch (act) {
            case "enter":
              model.enter(worker, own.enter(limit));
              break;
            case "leave":
              model.leave(worker, index, own);
              break;
            case "wake":
              assert.equal(own.wake(), model.wake());
              break;
            case "try":
              model.tryAll(worker, own, succeeds);
              break;
            case "settle":
              control.settle(worker);
              model.settle(worker);
              break;
          }
          assert.equal(control.length, model.all.length);
          assert.equal(control.awake, model.all.filter(({ state }) => state === "woken").length);
        }
      }),
    );
  });

  it("loses nobody and wakes nobody twice while threads race", async () => {
    const threadCount = 3;
    const task = { memory: createWaiterMemory(64), rounds: 5_000 };
    const threads = Array.from({ length: threadCount }, (_, worker) => {
      const workerData: WaitersTask = { ...task, worker };
      return new Worker(new URL("./waiters-worker.js", import.meta.url), { workerData });
    });
    const reports = await Promise.all(
      threads.map(async (thread): Promise<WaitersReport> => {
        const [[report]] = await Promise.all([once(thread, "message"), once(thread, "exit")]);
        return report;
      }),
    );
    for (const { problems, entered, left } of reports) {
      assert.deepEqual(problems, []);
      assert.equal(entered, left);
    }
    const control = new Waiters(task.memory, undefined);
    assert.deepEqual([control.length, control.awake], [0, 0]);
    const first = new Waiters(task.memory, 0);
    const slots = Array.from({ length: 64 }, () => first.enter(64));
    assert.equal(new Set(slots).size, 64, "every slot is free again");
    assert.ok(!slots.includes(-1));
  });
});

/** The line as a list. */
class Model {
  all: { readonly worker: number; readonly slot: number; state: "waiting" | "woken" }[] = [];
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  enter(worker: number, slot: number): void {
    // Slots of those that have left after they were woken are free when their worker has looked.
    if (slot < 0) assert.ok(this.all.length >= this.#limit || this.#leftWoken > 0);
    else this.all.push({ worker, slot, state: "waiting" });
  }

  #leftWoken = 0;

  leave(worker: number, index: number, own: Waiters): void {
    const waiters = this.all.filter((waiter) => waiter.worker === worker);
    const waiter = waiters[index % Math.max(1, waiters.length)];
    if (waiter === undefined) return;
    assert.equal(own.leave(waiter.slot), waiter.state === "woken" ? "woken" : "left");
    if (waiter.state === "woken") this.#leftWoken++;
    this.all = this.all.filter((other) => other !== waiter);
  }

  wake(): number {
    const waiter = this.all.find(({ state }) => state === "waiting");
    if (waiter === undefined) return -1;
    waiter.state = "woken";
    return waiter.worker;
  }

  tryAll(worker: number, own: Waiters, succeeds: boolean): void {
    const woken = this.all.filter((waiter) => waiter.worker === worker && waiter.state === "woken");
    assert.deepEqual(
      own.takeWoken(),
      woken.map(({ slot }) => slot),
    );
    for (const waiter of woken) {
      if (succeeds) {
        assert.equal(own.leave(waiter.slot), "left");
        this.all = this.all.filter((other) => other !== waiter);
      } else {
        own.again(waiter.slot);
        waiter.state = "waiting";
      }
    }
  }

  settle(worker: number): void {
    this.all = this.all.filter((waiter) => waiter.worker !== worker);
  }
}

describe("isSameLine", () => {
  it("knows a line again in another object for its memory, and tells one line from another", () => {
    const memory = createWaiterMemory(4);
    assert.ok(isSameLine(memory, structuredClone(memory)));
    assert.ok(!isSameLine(memory, createWaiterMemory(4)));
  });
});
