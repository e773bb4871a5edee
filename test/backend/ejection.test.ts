import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  claimTrial,
  type EjectionRule,
  endEjection,
  giveTrialBack,
  isEjectedOnly,
  isUsable,
  recordFailure,
} from "../../src/backend/ejection.ts";
import { withAdministrative } from "../../src/backend/state.ts";
import { SUSPECT_DIALS } from "../../src/backend/table.ts";
import { type OpenRows, openRows } from "./open-rows.ts";

const RULE: EjectionRule = { failures: 3, withinMs: 10_000, firstMs: 10_000, longestMs: 300_000 };
const A = 0;
const B = 1;

/** Lets dials to a row fail, all at once. @returns what each of them did. */
function fail({ table, rows }: OpenRows, row: number, atMs: number, times: number = RULE.failures): boolean[] {
  return Array.from({ length: times }, () => recordFailure(table, row, RULE, rows, atMs));
}

/** What so many failures do that do not eject. */
function never(times: number): boolean[] {
  return Array.from({ length: times }, () => false);
}

/** When a row that is out at `fromMs` can be used again, found by asking. */
function usableAgainAtMs({ table }: OpenRows, row: number, fromMs: number): number {
  let [out, back] = [fromMs, fromMs + 1_000_000];
  while (back - out > 1) {
    const middle = Math.floor((out + back) / 2);
    if (isUsable(table, row, middle)) back = middle;
    else out = middle;
  }
  return back;
}

describe("recordFailure", () => {
  it("ejects with the third failure within 10 s, and only that one says so", () => {
    const pool = openRows(2);
    assert.deepEqual(fail(pool, A, 0, 2), [false, false]);
    assert.equal(isUsable(pool.table, A, 0), true);
    assert.equal(recordFailure(pool.table, A, RULE, pool.rows, 10_000), true);
    assert.equal(isUsable(pool.table, A, 10_000), false);
    assert.equal(isUsable(pool.table, B, 10_000), true);
  });

  it("counts anew when the first failure is too long ago", () => {
    const pool = openRows(2);
    fail(pool, A, 0, 2);
    assert.deepEqual(fail(pool, A, 10_001, 2), [false, false]);
    assert.deepEqual(fail(pool, A, 20_001, 1), [true]);
  });

  it("counts anew after a success", () => {
    const pool = openRows(2);
    fail(pool, A, 0, 2);
    endEjection(pool.table, A, 1);
    assert.deepEqual(fail(pool, A, 2), [false, false, true]);
  });

  it("ejects for 10 s at first", () => {
    const pool = openRows(2);
    fail(pool, A, 5_000);
    assert.equal(usableAgainAtMs(pool, A, 5_000), 15_000);
  });

  it("is not impressed by dials that began before the ejection and fail after it", () => {
    const pool = openRows(2);
    fail(pool, A, 0);
    assert.deepEqual(fail(pool, A, 3_000, 20), never(20));
    assert.equal(usableAgainAtMs(pool, A, 3_000), 10_000);
    endEjection(pool.table, A, 10_000);
    assert.deepEqual(fail(pool, A, 10_000), [false, false, true]);
  });

  it("ejects for twice as long when the backend did not last, up to 5 minutes", () => {
    const pool = openRows(2);
    const lengthsMs: number[] = [];
    let nowMs = 0;
    for (let times = 0; times < 7; times++) {
      fail(pool, A, nowMs);
      const backMs = usableAgainAtMs(pool, A, nowMs);
      lengthsMs.push(backMs - nowMs);
      assert.equal(claimTrial(pool.table, A, backMs), true);
      assert.equal(endEjection(pool.table, A, backMs), true);
      nowMs = backMs + 1_000;
    }
    assert.deepEqual(lengthsMs, [10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  });

  it("ejects for 10 s again when the backend was well for longer than it was out", () => {
    for (const [wellMs, outMs] of [
      [20_000, 40_000],
      [20_001, 10_000],
    ] as const) {
      const pool = openRows(2);
      fail(pool, A, 0);
      endEjection(pool.table, A, 10_000);
      fail(pool, A, 10_000);
      endEjection(pool.table, A, 30_000);
      fail(pool, A, 30_000 + wellMs);
      assert.equal(usableAgainAtMs(pool, A, 30_000 + wellMs), 30_000 + wellMs + outMs);
    }
  });

  it("never ejects the last usable one of the pool, and does once another can serve", () => {
    for (const takeOut of [
      ({ drain }: OpenRows) => drain(B),
      ({ markDown }: OpenRows) => markDown(B),
      ({ table }: OpenRows) => table.setWeight(B, 0),
      (pool: OpenRows) => void fail(pool, B, 0),
      ({ table }: OpenRows) => void table.changeState(B, (word) => withAdministrative(word, "removed")),
    ]) {
      const pool = openRows(2);
      takeOut(pool);
      assert.deepEqual(fail(pool, A, 0, 5), never(5));
      assert.equal(isUsable(pool.table, A, 0), true);
      pool.markUp(B);
      pool.table.setWeight(B, 1);
      pool.table.changeState(B, (word) => withAdministrative(word, "ready"));
      endEjection(pool.table, B, 1);
      assert.deepEqual(fail(pool, A, 1, 1), [true]);
    }
  });

  it("never ejects the only one", () => {
    const pool = openRows(1);
    assert.deepEqual(fail(pool, A, 0, 100), never(100));
  });

  it("does not count on a backend that has yet to pass its trial", () => {
    const pool = openRows(2);
    fail(pool, B, 0);
    assert.equal(isUsable(pool.table, B, 10_000), true);
    assert.deepEqual(fail(pool, A, 10_000), [false, false, false]);
    claimTrial(pool.table, B, 10_000);
    assert.deepEqual(fail(pool, A, 10_000, 1), [false]);
    endEjection(pool.table, B, 10_000);
    assert.deepEqual(fail(pool, A, 10_000, 1), [true]);
  });

  it("takes an ejection back when another worker has ejected the other backend at the same moment", () => {
    const pool = openRows(2);
    const { table } = pool;
    fail(pool, A, 0, 2);
    // The other worker's change lands after this one has looked for another that serves.
    const looks: number[] = [];
    const rows = {
      some(test: (row: number) => boolean): boolean {
        looks.push(looks.length);
        const found = pool.rows.some(test);
        if (looks.length === 1) pool.markDown(B);
        return found;
      },
    };
    const poolRows: readonly number[] = Object.assign([...pool.rows], rows);
    assert.equal(recordFailure(table, A, RULE, poolRows, 0), false);
    assert.equal(pool.ejection(A), "in");
    assert.equal(looks.length, 2);
  });
});

describe("a trial", () => {
  it("is given once, and not before the time is over", () => {
    const pool = openRows(2);
    assert.equal(claimTrial(pool.table, A, 0), false);
    fail(pool, A, 0);
    assert.equal(claimTrial(pool.table, A, 9_999), false);
    assert.equal(claimTrial(pool.table, A, 10_000), true);
    assert.equal(claimTrial(pool.table, A, 10_000), false);
    assert.equal(isUsable(pool.table, A, 10_000), false);
  });

  it("brings the backend back when it succeeds", () => {
    const pool = openRows(2);
    fail(pool, A, 0);
    claimTrial(pool.table, A, 10_000);
    assert.equal(endEjection(pool.table, A, 10_100), true);
    assert.equal(endEjection(pool.table, A, 10_100), false);
    assert.equal(pool.ejection(A), "in");
    assert.equal(isUsable(pool.table, A, 10_100), true);
  });

  it("ejects for twice as long when it fails, without counting to three", () => {
    const pool = openRows(2);
    fail(pool, A, 0);
    claimTrial(pool.table, A, 15_000);
    assert.deepEqual(fail(pool, A, 15_000, 1), [true]);
    assert.equal(usableAgainAtMs(pool, A, 15_000), 35_000);
  });

  it("fails even where nobody else can serve: its backend did not before", () => {
    const pool = openRows(2);
    fail(pool, A, 0);
    pool.markDown(B);
    claimTrial(pool.table, A, 10_000);
    assert.deepEqual(fail(pool, A, 10_000, 1), [true]);
    assert.equal(pool.ejection(A), "ejected");
  });

  it("is free again when it is given back", () => {
    const pool = openRows(2);
    fail(pool, A, 0);
    claimTrial(pool.table, A, 10_000);
    giveTrialBack(pool.table, A);
    assert.equal(isUsable(pool.table, A, 10_000), true);
    assert.equal(claimTrial(pool.table, A, 10_000), true);
  });

  it("changes nothing when it is given back after it was decided", () => {
    for (const decide of [
      ({ table }: OpenRows) => endEjection(table, A, 10_000),
      (pool: OpenRows) => fail(pool, A, 10_000, 1)[0],
    ]) {
      const pool = openRows(2);
      fail(pool, A, 0);
      claimTrial(pool.table, A, 10_000);
      assert.equal(decide(pool), true);
      const decided = pool.ejection(A);
      giveTrialBack(pool.table, A);
      assert.equal(pool.ejection(A), decided);
    }
  });
});

describe("endEjection", () => {
  it("ends an ejection before its time: a probe has succeeded", () => {
    const pool = openRows(2);
    fail(pool, A, 0);
    assert.equal(endEjection(pool.table, A, 1_000), true);
    assert.equal(isUsable(pool.table, A, 1_000), true);
  });

  it("says nothing about a backend that was in", () => {
    const pool = openRows(1);
    const { epoch } = pool.table;
    assert.equal(endEjection(pool.table, A, 0), false);
    assert.equal(pool.table.epoch, epoch);
  });

  it("forgives dials that are still unanswered, until one of them fails", () => {
    const pool = openRows(2);
    const { table } = pool;
    table.suspects[A] = SUSPECT_DIALS;
    endEjection(table, A, 0);
    assert.equal(table.isSuspect(A), false);
    recordFailure(table, A, RULE, pool.rows, 0);
    assert.equal(table.isSuspect(A), true);
  });

  it("leaves what an operator and the probes say", () => {
    const pool = openRows(2);
    fail(pool, A, 0);
    pool.drain(A);
    pool.markDown(A);
    assert.equal(endEjection(pool.table, A, 0), true);
    assert.equal(isUsable(pool.table, A, 0), false);
  });
});

describe("isEjectedOnly", () => {
  it("is true while an ejection alone speaks against a backend", () => {
    const pool = openRows(2);
    assert.equal(isEjectedOnly(pool.table, A), false);
    fail(pool, A, 0);
    assert.equal(isEjectedOnly(pool.table, A), true);
    claimTrial(pool.table, A, 10_000);
    assert.equal(isEjectedOnly(pool.table, A), true);
    pool.markDown(A);
    assert.equal(isEjectedOnly(pool.table, A), false);
  });
});

/** What a backend should be in, kept as a history instead of as a state. */
interface Model {
  failedAtMs: number[];
  isDown: boolean;
  /** Of the last ejection. */
  lengthMs: number;
  returnedAtMs: number;
  out: { readonly untilMs: number; onTrial: boolean } | undefined;
}

type Step = { readonly row: number } & (
  | { readonly does: "fail" | "succeed" | "claim" | "giveBack" | "goDown" | "comeUp" }
  | { readonly does: "wait"; readonly ms: number }
);

const ROWS = 3;

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ row: fc.nat({ max: ROWS - 1 }), does: fc.constant("fail" as const) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        row: fc.nat({ max: ROWS - 1 }),
        does: fc.constantFrom("succeed", "claim", "giveBack", "goDown", "comeUp"),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        row: fc.constant(0),
        does: fc.constant("wait" as const),
        ms: fc.oneof(fc.integer({ min: 1, max: 15_000 }), fc.constantFrom(10_000, 20_000, 400_000)),
      }),
    },
  ),
  { maxLength: 80 },
);

describe("ejection", () => {
  it("follows its rule through any history", () => {
    fc.assert(
      fc.property(steps, (history) => {
        const pool = openRows(ROWS);
        const models = pool.rows.map(
          (): Model => ({
            failedAtMs: [],
            isDown: false,
            lengthMs: 0,
            returnedAtMs: Number.NEGATIVE_INFINITY,
            out: undefined,
          }),
        );
        let nowMs = 0;
        for (const step of history) {
          if (step.does === "wait") nowMs += step.ms;
          else play(step.does, step.row, pool, models, nowMs);
          for (const [row, model] of models.entries()) {
            const { isDown, out } = model;
            const isBack = out === undefined || (!out.onTrial && nowMs >= out.untilMs);
            assert.equal(isUsable(pool.table, row, nowMs), !isDown && isBack, `row ${row} at ${nowMs}`);
            assert.equal(isEjectedOnly(pool.table, row), !isDown && out !== undefined);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

function play(does: Exclude<Step["does"], "wait">, row: number, pool: OpenRows, models: Model[], nowMs: number): void {
  const { table } = pool;
  const model = models[row];
  if (model === undefined) return;
  const { out } = model;
  switch (does) {
    case "fail":
      assert.equal(recordFailure(table, row, RULE, pool.rows, nowMs), failModel(model, models, nowMs));
      return;
    case "succeed":
      assert.equal(endEjection(table, row, nowMs), out !== undefined);
      if (out !== undefined) model.returnedAtMs = nowMs;
      model.out = undefined;
      model.failedAtMs = [];
      return;
    case "claim":
      assert.equal(claimTrial(table, row, nowMs), out !== undefined && !out.onTrial && nowMs >= out.untilMs);
      if (out !== undefined && nowMs >= out.untilMs) out.onTrial = true;
      return;
    case "giveBack":
      giveTrialBack(table, row);
      if (out !== undefined) out.onTrial = false;
      return;
    case "goDown":
      pool.markDown(row);
      model.isDown = true;
      return;
    case "comeUp":
      pool.markUp(row);
      model.isDown = false;
      return;
  }
}

/** @returns whether that ejects it. */
function failModel(model: Model, models: readonly Model[], nowMs: number): boolean {
  if (model.out === undefined) {
    const [firstMs = nowMs] = model.failedAtMs;
    model.failedAtMs = nowMs - firstMs > RULE.withinMs ? [nowMs] : [...model.failedAtMs, nowMs];
    const anotherServes = models.some((other) => other !== model && !other.isDown && other.out === undefined);
    if (model.failedAtMs.length < RULE.failures || !anotherServes) return false;
    const lasted = nowMs - model.returnedAtMs > model.lengthMs;
    model.lengthMs = lasted ? RULE.firstMs : Math.min(2 * model.lengthMs, RULE.longestMs);
  } else {
    if (!model.out.onTrial) return false;
    model.lengthMs = Math.min(2 * model.lengthMs, RULE.longestMs);
  }
  model.out = { untilMs: nowMs + model.lengthMs, onTrial: false };
  model.failedAtMs = [];
  return true;
}
