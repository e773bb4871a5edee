import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { lockOwner, takeLock } from "../../src/backend/lock.ts";
import { type FreePlaces, PoolQueue, type Waiter } from "../../src/backend/queue.ts";
import { createWaiterMemory, Waiters } from "../../src/backend/waiters.ts";

/** Two workers, the places that they share, and who rings for whom. */
function createWorld(limit = 10) {
  const memory = createWaiterMemory(16);
  const rung: number[] = [];
  const served: string[] = [];
  const places = { free: 0 };
  const snapshot = { memory, limit, timeoutMs: 1_000 };
  const queues = [0, 1].map((worker) => new PoolQueue(snapshot, worker, (other) => rung.push(other)));
  const queueOf = (worker: number): PoolQueue => queues[worker] ?? assert.fail();

  const free: FreePlaces = (tried) => (tried.length === 0 ? places.free : 0);

  class Client implements Waiter {
    readonly slot: number;
    readonly tried: readonly number[];
    readonly #name: string;
    readonly #queue: PoolQueue;

    constructor(name: string, worker: number, tried: readonly number[] = []) {
      this.tried = tried;
      this.#name = name;
      this.#queue = queueOf(worker);
      this.slot = this.#queue.enter(this);
    }

    takePlace(): boolean {
      if (places.free === 0 || this.tried.length > 0) return false;
      places.free--;
      served.push(this.#name);
      this.#queue.leave(this.slot);
      return true;
    }

    onDissolved(): void {
      served.push(`${this.#name} sent away`);
      this.#queue.leave(this.slot);
    }
  }

  return {
    memory,
    rung,
    served,
    places,
    queueOf,
    come: (name: string, worker: number, tried?: readonly number[]) => new Client(name, worker, tried),
    free,
    /** Lets each worker that was rung serve, until nobody is. */
    settle: (): void => {
      for (let worker = rung.shift(); worker !== undefined; worker = rung.shift()) {
        queueOf(worker).serve(free);
      }
    },
  };
}

describe("PoolQueue", () => {
  it("tries once at a time to leave while somebody has died with the lock", () => {
    const { come, memory, queueOf, free } = createWorld();
    const { slot } = come("a", 0);
    takeLock(new Int32Array(memory), 0, lockOwner(1));
    queueOf(0).leave(slot);
    queueOf(0).lookAfter(free);
    assert.equal(queueOf(0).length, 1);
    new Waiters(memory, undefined).settle(1);
    queueOf(0).lookAfter(free);
    assert.equal(queueOf(0).length, 0);
  });

  it("gives places in the order of arrival, whichever worker frees them", () => {
    const { come, queueOf, places, settle, served, rung } = createWorld();
    come("a", 0);
    come("b", 1);
    come("c", 0);
    for (let freed = 0; freed < 3; freed++) {
      places.free++;
      queueOf(1).wakeNext();
      assert.deepEqual(rung, [freed % 2]);
      settle();
    }
    assert.deepEqual(served, ["a", "b", "c"]);
    assert.equal(queueOf(0).length, 0);
  });

  it("wakes no more than there are places, so that whoever was woken first finds one", () => {
    const { come, queueOf, places, settle, served, rung, free } = createWorld();
    for (const [index, name] of ["a", "b", "c", "d"].entries()) come(name, index % 2);
    places.free = 2;
    queueOf(0).wakeNext();
    queueOf(0).wakeNext();
    rung.splice(0);
    // The first worker is quick, the second one is not.
    for (let turn = 0; turn < 3; turn++) queueOf(0).serve(free);
    assert.deepEqual([served, rung], [["a"], []]);
    queueOf(1).serve(free);
    settle();
    assert.deepEqual(served, ["a", "b"]);
  });

  it("goes on from one that was woken to all for whom there are places", () => {
    const { come, queueOf, places, settle, served } = createWorld();
    for (const [index, name] of ["a", "b", "c", "d"].entries()) come(name, index % 2);
    places.free = 3;
    queueOf(0).wakeNext();
    settle();
    assert.deepEqual([served, queueOf(0).length], [["a", "b", "c"], 1]);
  });

  it("passes a place on that the first has no use for, and the first stays the first", () => {
    const { come, queueOf, places, settle, served } = createWorld();
    const first = come("first", 0, [7]);
    come("second", 1);
    places.free = 1;
    queueOf(1).wakeNext();
    settle();
    assert.deepEqual(served, ["second"]);
    places.free = 1;
    queueOf(1).wakeNext();
    settle();
    assert.deepEqual([served, places.free], [["second"], 1]);
    queueOf(0).leave(first.slot);
  });

  it("passes the turn of one on that leaves before it could try", () => {
    const { come, queueOf, places, settle, served } = createWorld();
    const first = come("first", 0);
    come("second", 1);
    places.free = 1;
    queueOf(1).wakeNext();
    queueOf(0).leave(first.slot);
    settle();
    assert.deepEqual(served, ["second"]);
  });

  it("finds a place that came without anybody saying so, when it looks", () => {
    const { come, queueOf, places, settle, served, free } = createWorld();
    come("a", 0);
    queueOf(0).lookAfter(free);
    settle();
    assert.deepEqual(served, []);
    places.free = 1;
    queueOf(1).lookAfter(free);
    settle();
    assert.deepEqual(served, [], "the first is another worker's, who will look as well");
    queueOf(0).lookAfter(free);
    settle();
    assert.deepEqual(served, ["a"]);
  });

  it("is bounded", () => {
    const { come } = createWorld(2);
    assert.deepEqual([come("a", 0).slot >= 0, come("b", 1).slot >= 0, come("c", 0).slot], [true, true, -1]);
  });

  it("sends its own away when it is no more", () => {
    const { come, queueOf, served } = createWorld();
    come("a", 0);
    come("b", 1);
    queueOf(0).dissolve();
    assert.deepEqual([served, queueOf(0).length], [["a sent away"], 1]);
  });

  it("takes one out of the line that nobody knows of any more", () => {
    const { memory, places, queueOf, settle } = createWorld();
    new Waiters(memory, 0).enter(5);
    places.free = 1;
    queueOf(1).wakeNext();
    settle();
    assert.equal(queueOf(0).length, 0);
  });

  it("serves everybody, first come first served, however arrivals, places and workers' turns mix", () => {
    const step = fc.constantFrom("come0", "come1", "free", "free", "turn0", "turn1");
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { come, queueOf, places, settle, served, free } = createWorld(1_000);
        const arrived: string[] = [];
        for (const act of steps) {
          if (act === "free") {
            places.free++;
            queueOf(0).wakeNext();
          } else if (act === "turn0" || act === "turn1") queueOf(act === "turn0" ? 0 : 1).serve(free);
          else if (queueOf(0).length < 16) {
            // Whoever comes to a free place and an empty queue does not queue.
            const name = `${arrived.length}`;
            if (queueOf(0).length === 0 && places.free > 0) {
              places.free--;
              continue;
            }
            arrived.push(name);
            come(name, act === "come0" ? 0 : 1);
          }
        }
        settle();
        assert.ok(places.free === 0 || queueOf(0).length === 0, "no place is free while somebody waits");
        const inOrder = [...served].sort((one, other) => Number(one) - Number(other));
        assert.deepEqual(inOrder, arrived.slice(0, served.length), "who came first was served");
        assert.equal(queueOf(0).length, arrived.length - served.length);
      }),
    );
  });
});
