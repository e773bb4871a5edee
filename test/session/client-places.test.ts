import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { lockOwner } from "../../src/backend/lock.ts";
import {
  type ClientLimits,
  ClientPlaces,
  clientPlacesBytes,
  clientPlacesFor,
  NO_PLACE,
  OVER_LIMIT,
  RATE_LIMITED,
} from "../../src/session/client-places.ts";
import type { ClientsReport, ClientsTask } from "./client-places-worker.ts";

const NO_RATE = { ratePerSecond: Number.POSITIVE_INFINITY, burst: 1 };
const NOW_MS = 1_000_000;

function createPlaces(places: number): ClientPlaces {
  return new ClientPlaces(new SharedArrayBuffer(clientPlacesBytes(places)), 0, places, lockOwner(0), 7);
}

function key(number: number): Uint32Array {
  return Uint32Array.of(0, 0, 0xffff, number);
}

describe("clientPlacesFor", () => {
  it("is as many as there are keys or more, and at most four times as many", () => {
    for (const keys of [1, 5, 16, 17, 1_000, 100_000]) {
      const places = clientPlacesFor(keys);
      assert.ok(places >= keys && places <= Math.max(keys * 4, 32), `${places} for ${keys}`);
    }
  });

  it("has room for so many keys, but for some in ten thousand", () => {
    const keys = 20_000;
    const places = createPlaces(clientPlacesFor(keys));
    let without = 0;
    for (let number = 0; number < keys; number++) {
      if (places.enter(key(number), { maxConnections: 1, ...NO_RATE }, NOW_MS, false) === NO_PLACE) without++;
    }
    assert.ok(without < keys / 1_000, `${without} of ${keys}`);
  });
});

describe("ClientPlaces", () => {
  it("counts each key by itself, up to its limit", () => {
    const places = createPlaces(16);
    const limits = { maxConnections: 2, ...NO_RATE };
    const enter = (number: number): number => places.enter(key(number), limits, NOW_MS, false);
    const first = enter(1);
    assert.deepEqual([enter(1), enter(1), enter(2) >= 0], [first, OVER_LIMIT, true]);
    places.leave(first);
    assert.deepEqual([enter(1), places.count(first)], [first, 2]);
  });

  it("lets a burst in at once and then so many a second", () => {
    const places = createPlaces(16);
    const limits: ClientLimits = { maxConnections: Number.POSITIVE_INFINITY, ratePerSecond: 10, burst: 3 };
    const enterAt = (atMs: number): boolean => places.enter(key(1), limits, NOW_MS + atMs, false) >= 0;
    assert.deepEqual([enterAt(0), enterAt(0), enterAt(0), enterAt(0)], [true, true, true, false]);
    assert.equal(places.enter(key(1), limits, NOW_MS, false), RATE_LIMITED);
    assert.deepEqual([enterAt(99), enterAt(100), enterAt(101), enterAt(200)], [false, true, false, true]);
    assert.deepEqual([enterAt(10_000), enterAt(10_000), enterAt(10_000), enterAt(10_000)], [true, true, true, false]);
  });

  it("believes the latest of the workers' clocks, which differ by a turn", () => {
    const places = createPlaces(16);
    const enterAt = (atMs: number, limits: ClientLimits): boolean =>
      places.enter(key(1), limits, NOW_MS + atMs, false) >= 0;
    const limits = { maxConnections: Number.POSITIVE_INFINITY, ratePerSecond: 10, burst: 3 };
    const burst = [5, 0, 5, 0].map((atMs) => enterAt(atMs, limits));
    assert.deepEqual(burst, [true, true, true, false]);
    assert.ok(enterAt(0, { ...limits, ...NO_RATE }), "without a rate nobody is too fast");
  });

  it("takes no token of one that is over its limit", () => {
    const places = createPlaces(16);
    const limits: ClientLimits = { maxConnections: 1, ratePerSecond: 1, burst: 2 };
    const enter = (): number => places.enter(key(1), limits, NOW_MS, false);
    const place = enter();
    for (let attempt = 0; attempt < 5; attempt++) assert.equal(enter(), OVER_LIMIT);
    places.leave(place);
    assert.equal(enter(), place);
  });

  it("forgets who has no sessions before anybody who has, the longest quiet first", () => {
    const places = createPlaces(4);
    const limits: ClientLimits = { maxConnections: 5, ratePerSecond: 1, burst: 1 };
    const enter = (number: number, atMs: number): number => places.enter(key(number), limits, NOW_MS + atMs, false);
    const [held, quiet, recent] = [enter(1, 0), enter(2, 10), enter(3, 20)];
    enter(4, 0);
    places.leave(quiet);
    places.leave(recent);
    assert.equal(enter(5, 30), quiet);
    assert.equal(enter(3, 30), RATE_LIMITED, "it is remembered");
    assert.equal(enter(6, 30), recent);
    assert.equal(enter(7, 30), NO_PLACE, "all have sessions");
    assert.equal(places.count(held), 1);
  });

  it("puts one that has to fit to whoever has the fewest sessions", () => {
    const places = createPlaces(2);
    const limits = { maxConnections: 3, ...NO_RATE };
    const enter = (number: number): number => places.enter(key(number), limits, NOW_MS, true);
    const first = enter(1);
    enter(1);
    const second = enter(2);
    assert.deepEqual([enter(3), places.count(second), places.count(first)], [second, 2, 2]);
  });

  it("lets nobody in for whom somebody has died with the lock, until that is broken", () => {
    const memory = new SharedArrayBuffer(clientPlacesBytes(16));
    const places = new ClientPlaces(memory, 0, 16, lockOwner(0), 7);
    const limits = { maxConnections: 1, ...NO_RATE };
    new Int32Array(memory).set([lockOwner(3)], memory.byteLength / 4 - 1);
    assert.equal(places.enter(key(1), limits, NOW_MS, false), OVER_LIMIT);
    places.breakLocks(3);
    assert.ok(places.enter(key(1), limits, NOW_MS, false) >= 0);
  });

  it("is exact over any order of comings and goings, while a key is tracked", () => {
    const step = fc.record({ number: fc.nat({ max: 11 }), enters: fc.boolean() });
    const sizes = fc.constantFrom(4, 8, 16, 32);
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 80 }), (size, limit, steps) => {
        const memory = new SharedArrayBuffer(clientPlacesBytes(size));
        const [one, other] = [0, 1].map((worker) => new ClientPlaces(memory, 0, size, lockOwner(worker), 7));
        const held = new Map<number, number[]>();
        for (const [index, { number, enters }] of steps.entries()) {
          const places = (index % 2 === 0 ? one : other) ?? assert.fail();
          const mine = held.get(number) ?? [];
          if (!enters) {
            const place = mine.pop();
            if (place !== undefined) places.leave(place);
            continue;
          }
          const place = places.enter(key(number), { maxConnections: limit, ...NO_RATE }, NOW_MS + index, false);
          if (mine.length === limit) assert.equal(place, OVER_LIMIT);
          else if (place === NO_PLACE) {
            const live = [...held.values()].filter((all) => all.length > 0).length;
            assert.ok(mine.length === 0 && live >= Math.min(size, 16), "only where a bucket is full of live ones");
          } else {
            assert.ok(place >= 0);
            held.set(number, [...mine, place]);
            assert.equal(places.count(place), mine.length + 1);
            assert.ok(
              mine.every((before) => before === place),
              "one place for each key",
            );
          }
        }
      }),
    );
  });

  it("never exceeds a limit while threads race, and leaves nothing behind", async () => {
    const size = 32;
    const limit = 3;
    const task: Omit<ClientsTask, "worker"> = {
      memory: new SharedArrayBuffer(clientPlacesBytes(size)),
      size,
      limit,
      keys: 40,
      rounds: 20_000,
      inside: new SharedArrayBuffer(40 * Int32Array.BYTES_PER_ELEMENT),
    };
    const threads = [0, 1, 2].map(
      (worker) =>
        new Worker(new URL("./client-places-worker.js", import.meta.url), {
          workerData: { ...task, worker } satisfies ClientsTask,
        }),
    );
    const reports = await Promise.all(
      threads.map(async (thread): Promise<ClientsReport> => {
        const [[report]] = await Promise.all([once(thread, "message"), once(thread, "exit")]);
        return report;
      }),
    );
    for (const { most, entered } of reports) {
      assert.ok(most <= limit, `${most} sessions of a client where ${limit} are allowed`);
      assert.ok(entered > 0);
    }
    const places = new ClientPlaces(task.memory, 0, size, lockOwner(0), 7);
    for (let place = 0; place < size; place++) assert.equal(places.count(place), 0);
  });
});
