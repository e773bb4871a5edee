// What health does to picks: slow start and panic, through the whole of a pool.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { endEjection, recordFailure } from "../../src/backend/ejection.ts";
import { Pool, type PoolSnapshot } from "../../src/backend/pool.ts";
import { createPolicy } from "../../src/balance/policies.ts";
import { policyNames } from "../../src/balance/policy.ts";
import { seededRandom } from "../support/random.ts";
import { type OpenRows, openRows } from "./open-rows.ts";
import { backendRow, poolSnapshot } from "./pool-snapshot.ts";

const EJECTION = { failures: 1, withinMs: 1, firstMs: 10_000, longestMs: 10_000 };
const SLOW_START = { overMs: 30_000, from: 0.1 };
const PICKS = 20_000;

interface World extends OpenRows {
  readonly pool: Pool;
}

function createWorld(count: number, change: Partial<PoolSnapshot>): World {
  const opened = openRows(count);
  const snapshot = { ...poolSnapshot(opened.rows.map((row) => backendRow(row))), ...change };
  const { policy } = snapshot;
  assert.ok(policy !== "function");
  const pool = new Pool(snapshot, opened.table, createPolicy(policy, { random: seededRandom(7), rotation: 0 }));
  return { ...opened, pool };
}

/** How the sessions of many clients are spread, of which each ends before the next begins. */
function spread({ pool, rows }: World, nowMs: number, picks: number = PICKS): number[] {
  const counts = rows.map(() => 0);
  for (let n = 0; n < picks; n++) {
    const row = pool.pick(`192.0.2.${n % 256}`, [], nowMs);
    assert.ok(row >= 0);
    counts[row] = (counts[row] ?? 0) + 1;
    pool.release(row);
  }
  return counts.map((picked) => picked / picks);
}

function assertNear(actual: number | undefined, expected: number, where: string): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) < 0.02, `${where}: ${actual}, expected ${expected}`);
}

describe("Pool with slow start", () => {
  for (const policy of policyNames.filter((name) => name !== "source-hash")) {
    it(`gives one that has returned its share little by little, by ${policy}`, () => {
      const world = createWorld(2, { policy, slowStart: SLOW_START });
      assert.equal(recordFailure(world.table, 0, EJECTION, world.rows, 0), true);
      assert.equal(endEjection(world.table, 0, 10_000), true);
      // Two drawn out of two leave nothing to chance but who wins a tie: the first draw.
      for (const [sinceMs, weight] of [
        [0, 0.1],
        [10_000, 0.4],
        [20_000, 0.7],
        [30_000, 1],
        [3_600_000, 1],
      ] as const) {
        const [share] = spread(world, 10_000 + sinceMs);
        assertNear(share, weight / (weight + 1), `${policy} after ${sinceMs} ms`);
      }
    });
  }

  it("holds weights against each other while one of them starts", () => {
    const world = createWorld(3, { policy: "round-robin", slowStart: SLOW_START });
    world.table.setWeight(0, 4);
    world.table.setWeight(1, 2);
    world.table.open(0, 4, 2 ** 31 - 1, 0);
    const [first, second, third] = spread(world, 10_000);
    // 4 × 0.4, 2 and 1.
    assertNear(first, 1.6 / 4.6, "starting");
    assertNear(second, 2 / 4.6, "weight 2");
    assertNear(third, 1 / 4.6, "weight 1");
  });

  it("lets least-connections fill it only in proportion, with sessions that last", () => {
    const world = createWorld(2, { slowStart: SLOW_START });
    world.table.open(0, 1, 2 ** 31 - 1, 0);
    const counts = [0, 0];
    for (let n = 0; n < 110; n++) {
      const row = world.pool.pick("", [], 0);
      counts[row] = (counts[row] ?? 0) + 1;
    }
    assert.deepEqual(counts, [10, 100]);
  });

  it("does not hold back the only one that can serve, nor those that all start", () => {
    const world = createWorld(2, { policy: "round-robin", slowStart: { overMs: 30_000, from: 0 } });
    for (const row of world.rows) world.table.open(row, 1, 2 ** 31 - 1, 0);
    const [share] = spread(world, 0);
    assertNear(share, 0.5, "both start");
    world.markDown(1);
    assert.deepEqual(spread(world, 0), [1, 0]);
  });

  it("leaves source-hash its table: a client goes where it went", () => {
    const world = createWorld(3, { policy: "source-hash", slowStart: SLOW_START });
    const before = spread(world, 0, 256);
    for (const row of world.rows) world.table.startedAtMs[row] = 0;
    world.table.announce();
    assert.deepEqual(spread(world, 0, 256), before);
  });

  it("is in force, or not any more, with the next snapshot", () => {
    const world = createWorld(2, { policy: "round-robin" });
    world.table.open(0, 1, 2 ** 31 - 1, 0);
    assertNear(spread(world, 0)[0], 0.5, "off");
    world.pool.apply({ ...world.pool.snapshot, slowStart: SLOW_START });
    assertNear(spread(world, 0)[0], 0.1 / 1.1, "on");
    world.pool.apply({ ...world.pool.snapshot, slowStart: undefined });
    assertNear(spread(world, 0)[0], 0.5, "off again");
  });
});

describe("Pool in a panic", () => {
  it("spreads sessions over all, the down and the ejected included, and stops when enough are well", () => {
    const world = createWorld(4, { policy: "round-robin", panicBelow: 0.5 });
    world.markDown(0);
    world.markDown(1);
    assert.deepEqual(spread(world, 0), [0, 0, 0.5, 0.5]);
    assert.equal(recordFailure(world.table, 2, EJECTION, world.rows, 0), true);
    for (const share of spread(world, 0)) assertNear(share, 0.25, "panic");
    world.markUp(0);
    assert.deepEqual(spread(world, 0), [0.5, 0, 0, 0.5]);
  });

  it("has somebody to try where all are down", () => {
    const world = createWorld(2, { panicBelow: 0.3 });
    for (const row of world.rows) world.markDown(row);
    assert.deepEqual(spread(world, 0), [0.5, 0.5]);
    world.pool.apply({ ...world.pool.snapshot, panicBelow: undefined });
    assert.equal(world.pool.pick("", [], 0), -1);
  });

  it("sends whoever was refused by one of them to one that is well, however busy that is", () => {
    const world = createWorld(4, { policy: "least-connections", panicBelow: 0.5 });
    for (const row of [0, 1, 2]) world.markDown(row);
    for (let n = 0; n < 100; n++) world.table.admit(3);
    const first = world.pool.pick("", [], 0);
    assert.notEqual(first, 3);
    assert.equal(world.pool.pick("", [first], 0), 3);
    assert.notEqual(world.pool.pick("", [3], 0), -1);
  });

  it("leaves alone whom an operator has taken out", () => {
    const world = createWorld(3, { policy: "round-robin", panicBelow: 0.9 });
    world.drain(0);
    world.markDown(1);
    assert.deepEqual(spread(world, 0), [0, 0.5, 0.5]);
  });
});
