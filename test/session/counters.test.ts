import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { bucketBoundsMs, Counters, dialResults, histogramNames } from "../../src/session/counters.ts";
import { endReasons } from "../../src/session/end.ts";

const ROWS = 8;
// Neighbours, and both ends of each region.
const lanes = [0, 1, 2, 8_191] as const;
const pools = [0, 1, 2, 4_095] as const;
const rows = [0, 1, 2, ROWS - 1] as const;

const noDials = { ok: 0, refused: 0, timeout: 0, reset: 0, unreachable: 0, local: 0 };

/** Everything there is to read. */
function everything(counters: Counters): unknown {
  return {
    lanes: lanes.map((lane) => counters.lane(lane)),
    pools: pools.map((pool) => [
      counters.retries(pool),
      ...histogramNames.map((name) => counters.histogram(pool, name)),
    ]),
    rows: rows.map((row) => counters.row(row)),
  };
}

describe("Counters", () => {
  it("begin with nothing", () => {
    const counters = new Counters(ROWS);
    assert.deepEqual(counters.lane(0), { ends: {}, bytesUp: 0, bytesDown: 0, irregular: 0, answers: {} });
    assert.deepEqual(counters.row(0), { dials: noDials, sessions: 0, bytesUp: 0, bytesDown: 0, ejections: 0 });
    assert.equal(counters.retries(0), 0);
    assert.equal(counters.histogram(0, "dial").count, 0);
  });

  it("count the ends and the bytes of a lane", () => {
    const counters = new Counters(ROWS);
    counters.countSession(3, "client-finished", 10, 200);
    counters.countSession(3, "client-finished", 1, 2);
    counters.countSession(3, "internal", 0, 0);
    assert.deepEqual(counters.lane(3), {
      ends: { "client-finished": 2, internal: 1 },
      bytesUp: 11,
      bytesDown: 202,
      irregular: 0,
      answers: {},
    });
  });

  it("count own answers by their status, and requests that may be read in two ways", () => {
    const counters = new Counters(ROWS);
    for (const status of [400, 503, 503, 599]) counters.countAnswer(3, status);
    counters.countIrregular(3);
    const { answers, irregular } = counters.lane(3);
    assert.deepEqual({ answers, irregular }, { answers: { 400: 1, 503: 2, 599: 1 }, irregular: 1 });
    assert.deepEqual(counters.lane(4).answers, {});
    for (const status of [399, 600]) assert.throws(() => counters.countAnswer(3, status), RangeError);
  });

  it("have a place for every end and every result of a dial", () => {
    const counters = new Counters(ROWS);
    for (const end of endReasons) counters.countSession(0, end, 0, 0);
    assert.deepEqual(Object.keys(counters.lane(0).ends), [...endReasons]);
    for (const result of dialResults) counters.countDial(0, result);
    assert.deepEqual(counters.row(0).dials, { ok: 1, refused: 1, timeout: 1, reset: 1, unreachable: 1, local: 1 });
  });

  it("put a duration into the first bucket whose bound it does not exceed", () => {
    const counters = new Counters(ROWS);
    for (const boundMs of bucketBoundsMs) counters.observe(0, "dial", boundMs);
    counters.observe(0, "dial", 60_000.5);
    const { buckets, sumMs, count } = counters.histogram(0, "dial");
    assert.deepEqual(
      buckets,
      [...bucketBoundsMs, 0].map(() => 1),
    );
    assert.equal(count, bucketBoundsMs.length + 1);
    assert.equal(
      sumMs,
      bucketBoundsMs.reduce((sum, bound) => sum + bound, 60_000.5),
    );
    counters.observe(0, "dial", 1.01);
    assert.equal(counters.histogram(0, "dial").buckets[1], 2);
  });

  it("stay exact up to 2^53", () => {
    const counters = new Counters(ROWS);
    counters.countSession(0, "shutdown", 2 ** 53 - 2, 0);
    counters.countSession(0, "shutdown", 1, 0);
    assert.equal(counters.lane(0).bytesUp, 2 ** 53 - 1);
  });

  it("are seen over the same memory", () => {
    const counters = new Counters(ROWS);
    const elsewhere = new Counters(ROWS, counters.memory);
    counters.countRetry(5);
    assert.equal(elsewhere.retries(5), 1);
  });

  it("refuse a lane or a pool beyond their places, which would be another's", () => {
    const counters = new Counters(ROWS);
    const before = everything(counters);
    assert.throws(() => counters.countSession(8_192, "shutdown", 1, 1), RangeError);
    assert.throws(() => counters.countRetry(4_096), RangeError);
    assert.throws(() => counters.observe(4_096, "dial", 1), RangeError);
    counters.countDial(ROWS, "ok");
    assert.deepEqual(everything(counters), before);
  });

  it("equal plain sums, and no count touches another's", () => {
    const bytes = fc.nat({ max: 1_000_000 });
    const step = fc.oneof(
      fc.record({
        kind: fc.constant("session" as const),
        lane: fc.constantFrom(...lanes),
        end: fc.constantFrom(...endReasons),
        up: bytes,
        down: bytes,
      }),
      fc.record({
        kind: fc.constant("dial" as const),
        row: fc.constantFrom(...rows),
        result: fc.constantFrom(...dialResults),
      }),
      fc.record({ kind: fc.constant("backend" as const), row: fc.constantFrom(...rows), up: bytes, down: bytes }),
      fc.record({ kind: fc.constant("ejection" as const), row: fc.constantFrom(...rows) }),
      fc.record({ kind: fc.constant("retry" as const), pool: fc.constantFrom(...pools) }),
      fc.record({
        kind: fc.constant("observe" as const),
        pool: fc.constantFrom(...pools),
        name: fc.constantFrom(...histogramNames),
        ms: fc.nat({ max: 100_000 }),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100, size: "max" }), (steps) => {
        const counters = new Counters(ROWS);
        for (const taken of steps) {
          if (taken.kind === "session") counters.countSession(taken.lane, taken.end, taken.up, taken.down);
          else if (taken.kind === "dial") counters.countDial(taken.row, taken.result);
          else if (taken.kind === "backend") counters.countBackendSession(taken.row, taken.up, taken.down);
          else if (taken.kind === "ejection") counters.countEjection(taken.row);
          else if (taken.kind === "retry") counters.countRetry(taken.pool);
          else counters.observe(taken.pool, taken.name, taken.ms);
        }
        const only = <Kind extends (typeof steps)[number]["kind"]>(
          kind: Kind,
        ): Extract<(typeof steps)[number], { kind: Kind }>[] =>
          steps.filter((taken): taken is Extract<typeof taken, { kind: Kind }> => taken.kind === kind);
        for (const lane of lanes) {
          const here = only("session").filter((taken) => taken.lane === lane);
          const { ends, bytesUp, bytesDown } = counters.lane(lane);
          for (const end of endReasons) {
            assert.equal(ends[end] ?? 0, here.filter((taken) => taken.end === end).length);
          }
          assert.deepEqual([bytesUp, bytesDown], [total(here, "up"), total(here, "down")]);
        }
        for (const row of rows) {
          const here = only("backend").filter((taken) => taken.row === row);
          const { dials, sessions, bytesUp, bytesDown, ejections } = counters.row(row);
          for (const result of dialResults) {
            const dialled = only("dial").filter((taken) => taken.row === row && taken.result === result);
            assert.equal(dials[result], dialled.length);
          }
          assert.deepEqual([sessions, bytesUp, bytesDown], [here.length, total(here, "up"), total(here, "down")]);
          assert.equal(ejections, only("ejection").filter((taken) => taken.row === row).length);
        }
        for (const pool of pools) {
          assert.equal(counters.retries(pool), only("retry").filter((taken) => taken.pool === pool).length);
          for (const name of histogramNames) {
            const here = only("observe").filter((taken) => taken.pool === pool && taken.name === name);
            const { count, sumMs } = counters.histogram(pool, name);
            assert.deepEqual([count, sumMs], [here.length, total(here, "ms")]);
          }
        }
      }),
    );
  });
});

function total<Key extends string>(items: readonly Readonly<Record<Key, number>>[], key: Key): number {
  return items.reduce((sum, item) => sum + item[key], 0);
}
