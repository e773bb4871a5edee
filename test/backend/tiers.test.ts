import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { claimTrial, type EjectionRule, recordFailure } from "../../src/backend/ejection.ts";
import { SUSPECT_DIALS } from "../../src/backend/table.ts";
import { rank, type Tiers } from "../../src/backend/tiers.ts";
import { type OpenRows, openRows } from "./open-rows.ts";

const RULE: EjectionRule = { failures: 1, withinMs: 1, firstMs: 10_000, longestMs: 10_000 };

/** Ranks all rows; those in `backups` are backups. */
function ranked({ table, rows }: OpenRows, nowMs = 0, backups: readonly number[] = []): Tiers {
  return rank(
    rows.map((row) => ({ row, backup: backups.includes(row) })),
    table,
    nowMs,
  );
}

function shown(tiers: readonly Int32Array[]): number[][] {
  return tiers.map((tier) => [...tier]);
}

function eject({ table, rows }: OpenRows, row: number, nowMs: number): void {
  assert.equal(recordFailure(table, row, RULE, rows, nowMs), true);
}

describe("rank", () => {
  it("puts primaries before backups, in the order given", () => {
    const { usable, lastResort } = ranked(openRows(5), 0, [1, 3]);
    assert.deepEqual(shown(usable), [
      [0, 2, 4],
      [1, 3],
    ]);
    assert.deepEqual(lastResort, []);
  });

  it("puts those with too many unanswered dials after the backups", () => {
    const pool = openRows(4);
    pool.table.suspects[0] = SUSPECT_DIALS;
    pool.table.suspects[1] = SUSPECT_DIALS - 1;
    pool.table.suspects[3] = SUSPECT_DIALS + 5;
    assert.deepEqual(shown(ranked(pool, 0, [2, 3]).usable), [[1], [2], [0, 3]]);
  });

  it("leaves out who is drained, down, or of weight 0", () => {
    const pool = openRows(4);
    pool.drain(0);
    pool.markDown(1);
    pool.table.setWeight(2, 0);
    assert.deepEqual(shown(ranked(pool).usable), [[3]]);
    assert.deepEqual(ranked(pool).lastResort, []);
  });

  it("keeps ejected ones as a last resort, unless something else speaks against them", () => {
    const pool = openRows(4);
    for (const row of [0, 1, 2]) eject(pool, row, 0);
    pool.markDown(1);
    pool.table.setWeight(2, 0);
    const { usable, lastResort } = ranked(pool);
    assert.deepEqual(shown(usable), [[3]]);
    assert.deepEqual(shown(lastResort), [[0]]);
  });

  it("is fresh until the next ejection ends", () => {
    const pool = openRows(4);
    eject(pool, 0, 1_000);
    eject(pool, 1, 500);
    assert.equal(ranked(pool, 1_000).freshUntilMs, 10_500);
    assert.deepEqual(shown(ranked(pool, 10_500).usable), [[1, 2, 3]]);
    assert.equal(ranked(pool, 10_500).freshUntilMs, 11_000);
    assert.equal(ranked(pool, 11_000).freshUntilMs, Number.POSITIVE_INFINITY);
  });

  it("does not wait for a trial, whose end is announced", () => {
    const pool = openRows(2);
    eject(pool, 0, 0);
    claimTrial(pool.table, 0, 10_000);
    const { lastResort, freshUntilMs } = ranked(pool, 10_000);
    assert.deepEqual(shown(lastResort), [[0]]);
    assert.equal(freshUntilMs, Number.POSITIVE_INFINITY);
  });

  it("has no tier without rows", () => {
    assert.deepEqual(ranked(openRows(0)), {
      usable: [],
      lastResort: [],
      freshUntilMs: Number.POSITIVE_INFINITY,
      isPanic: false,
      well: [],
    });
  });

  describe("when too few are healthy", () => {
    function panicked(pool: OpenRows, panicBelow: number, backups: readonly number[] = []): Tiers {
      const rows = pool.rows.map((row) => ({ row, backup: backups.includes(row) }));
      return rank(rows, pool.table, 0, panicBelow);
    }

    it("puts all in one tier that an operator lets serve: primaries and backups, down and ejected ones", () => {
      const pool = openRows(6);
      pool.markDown(0);
      eject(pool, 1, 0);
      pool.markDown(3);
      pool.drain(4);
      pool.table.setWeight(5, 0);
      const { usable, lastResort, isPanic, well } = panicked(pool, 0.3, [2, 3]);
      assert.equal(isPanic, true);
      assert.deepEqual(shown(usable), [[0, 1, 2, 3]]);
      assert.deepEqual(shown(well), [[2]]);
      assert.deepEqual(lastResort, []);
    });

    it("still keeps those for later where dials hang right now", () => {
      const pool = openRows(3);
      for (const row of pool.rows) pool.markDown(row);
      pool.table.suspects[1] = SUSPECT_DIALS;
      assert.deepEqual(shown(panicked(pool, 0.3).usable), [[0, 2], [1]]);
    });

    it("is as ever with as many as the threshold, and where there is none", () => {
      const pool = openRows(10);
      for (const row of [0, 1, 2, 3, 4, 5, 6]) pool.markDown(row);
      const { usable, isPanic } = panicked(pool, 0.3);
      assert.equal(isPanic, false);
      assert.deepEqual(shown(usable), [[7, 8, 9]]);
      pool.markDown(7);
      assert.equal(panicked(pool, 0.3).isPanic, true);
      assert.equal(ranked(pool).isPanic, false);
    });
  });
});
