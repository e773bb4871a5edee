import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { TICK_MS, Wheel, type WheelEntry } from "../../src/session/wheel.ts";

const ROUND_MS = 1024 * TICK_MS;

class Entry implements WheelEntry {
  wheelNext: WheelEntry | undefined;
  wheelPrevious: WheelEntry | undefined;
  wheelSlot = -1;
  wheelDueMs = 0;
  readonly ranAtMs: number[] = [];
  whenDue: (nowMs: number) => void = () => {};

  onDue(nowMs: number): void {
    this.ranAtMs.push(nowMs);
    this.whenDue(nowMs);
  }
}

/** Each entry with when it was armed for: what a wheel is meant to be, without slots. */
class NaiveWheel {
  readonly #due = new Map<Entry, number>();
  #tick: number;

  constructor(nowMs: number) {
    this.#tick = Math.floor(nowMs / TICK_MS);
  }

  get size(): number {
    return this.#due.size;
  }

  arm(entry: Entry, dueMs: number): void {
    this.#due.set(entry, Math.max(Math.ceil(dueMs / TICK_MS), this.#tick + 1));
    if (dueMs === Number.POSITIVE_INFINITY) this.#due.delete(entry);
  }

  disarm(entry: Entry): void {
    this.#due.delete(entry);
  }

  advance(nowMs: number): Entry[] {
    this.#tick = Math.floor(nowMs / TICK_MS);
    const due = [...this.#due].filter(([, dueTick]) => dueTick <= this.#tick).map(([entry]) => entry);
    for (const entry of due) this.#due.delete(entry);
    return due;
  }
}

describe("Wheel", () => {
  it("runs what is due up to a tick late and never early", () => {
    const startMs = 4_321;
    for (let dueMs = startMs; dueMs < startMs + 3 * TICK_MS; dueMs++) {
      const wheel = new Wheel(startMs);
      const entry = new Entry();
      wheel.arm(entry, dueMs);
      for (let nowMs = startMs; entry.ranAtMs.length === 0; nowMs++) wheel.advance(nowMs);
      const lateMs = (entry.ranAtMs[0] ?? 0) - dueMs;
      assert.ok(lateMs >= 0 && lateMs <= TICK_MS, `${lateMs} ms late`);
    }
  });

  it("runs at the next tick what is overdue when it is armed", () => {
    const wheel = new Wheel(1_000);
    const entry = new Entry();
    wheel.arm(entry, -1_000);
    wheel.advance(1_099);
    assert.deepEqual(entry.ranAtMs, []);
    wheel.advance(1_100);
    assert.deepEqual(entry.ranAtMs, [1_100]);
  });

  it("runs each entry once", () => {
    const wheel = new Wheel(0);
    const entry = new Entry();
    wheel.arm(entry, 500);
    for (let nowMs = 0; nowMs <= 3 * ROUND_MS; nowMs += TICK_MS) wheel.advance(nowMs);
    assert.deepEqual(entry.ranAtMs, [500]);
    assert.equal(wheel.size, 0);
  });

  it("arms anew what is armed already", () => {
    const wheel = new Wheel(0);
    const entry = new Entry();
    wheel.arm(entry, 500);
    wheel.arm(entry, 900);
    assert.equal(wheel.size, 1);
    wheel.advance(899);
    assert.deepEqual(entry.ranAtMs, []);
    wheel.advance(900);
    assert.deepEqual(entry.ranAtMs, [900]);
  });

  it("disarms, also by Infinity, also what is not armed", () => {
    const wheel = new Wheel(0);
    const [first, second, third] = [new Entry(), new Entry(), new Entry()];
    for (const entry of [first, second, third]) wheel.arm(entry, 500);
    wheel.disarm(second);
    wheel.disarm(second);
    wheel.arm(third, Number.POSITIVE_INFINITY);
    assert.equal(wheel.size, 1);
    wheel.advance(500);
    assert.deepEqual([first.ranAtMs, second.ranAtMs, third.ranAtMs], [[500], [], []]);
  });

  it("keeps what is due in many rounds", () => {
    const wheel = new Wheel(0);
    const entry = new Entry();
    const dueMs = 24 * 24 * 3_600_000;
    wheel.arm(entry, dueMs);
    for (let nowMs = 0; nowMs < dueMs; nowMs += ROUND_MS / 2) wheel.advance(nowMs);
    wheel.advance(dueMs - 1);
    assert.deepEqual(entry.ranAtMs, []);
    wheel.advance(dueMs);
    assert.deepEqual(entry.ranAtMs, [dueMs]);
  });

  it("runs everything that a jump over many rounds has made due, and nothing else", () => {
    const wheel = new Wheel(0);
    const entries = Array.from({ length: 3_000 }, () => new Entry());
    for (const [index, entry] of entries.entries()) wheel.arm(entry, index * TICK_MS);
    wheel.advance(2_000 * TICK_MS);
    const ran = entries.filter(({ ranAtMs }) => ranAtMs.length === 1).length;
    assert.equal(ran, 2_001);
    assert.equal(wheel.size, 999);
  });

  it("lets what runs arm itself, others and nobody", () => {
    const wheel = new Wheel(0);
    const [first, second, third] = [new Entry(), new Entry(), new Entry()];
    first.whenDue = (nowMs) => {
      wheel.arm(first, nowMs + 1_000);
      wheel.arm(second, nowMs);
      wheel.disarm(third);
    };
    wheel.arm(first, 500);
    wheel.arm(third, 600);
    for (let nowMs = 0; nowMs <= 1_600; nowMs += TICK_MS) wheel.advance(nowMs);
    assert.deepEqual(first.ranAtMs, [500, 1_500]);
    assert.deepEqual(second.ranAtMs, [600, 1_600]);
    assert.deepEqual(third.ranAtMs, []);
  });

  it("comes to an end with entries that are always overdue", () => {
    const wheel = new Wheel(0);
    const entry = new Entry();
    entry.whenDue = () => wheel.arm(entry, 0);
    wheel.arm(entry, 0);
    wheel.advance(10 * ROUND_MS);
    assert.equal(wheel.size, 1);
  });

  it("equals one without slots, whatever is armed, disarmed and waited for", () => {
    const offsetMs = fc.oneof(
      fc.integer({ min: -500, max: 2_000 }),
      fc.integer({ min: 0, max: 3 * ROUND_MS }),
      fc.constantFrom(ROUND_MS, ROUND_MS - TICK_MS, ROUND_MS + TICK_MS, Number.POSITIVE_INFINITY),
    );
    const entryIndex = fc.nat({ max: 9 });
    const step = fc.oneof(
      fc.record({ kind: fc.constant("arm" as const), index: entryIndex, offsetMs }),
      fc.record({ kind: fc.constant("disarm" as const), index: entryIndex }),
      fc.record({
        kind: fc.constant("advance" as const),
        byMs: fc.oneof(fc.nat({ max: 250 }), fc.nat({ max: 2_000 }), fc.nat({ max: 4 * ROUND_MS })),
        // What each entry that runs arms itself for, from then.
        again: fc.option(offsetMs, { nil: undefined }),
      }),
    );
    fc.assert(
      fc.property(fc.nat({ max: 10 * ROUND_MS }), fc.array(step, { maxLength: 60, size: "max" }), (startMs, steps) => {
        const wheel = new Wheel(startMs);
        const naive = new NaiveWheel(startMs);
        const entries = Array.from({ length: 10 }, () => new Entry());
        let nowMs = startMs;
        for (const taken of steps) {
          if (taken.kind === "advance") {
            nowMs += taken.byMs;
            const { again } = taken;
            for (const entry of entries) {
              // Overdue ones may run again in the same advance, as catching up takes several ticks: see above.
              entry.whenDue = () => again !== undefined && wheel.arm(entry, nowMs + Math.max(again, 1));
            }
            const before = entries.map(({ ranAtMs }) => ranAtMs.length);
            wheel.advance(nowMs);
            const due = naive.advance(nowMs);
            for (const [index, entry] of entries.entries()) {
              const runs = entry.ranAtMs.slice(before[index]);
              assert.deepEqual(runs, due.includes(entry) ? [nowMs] : []);
              if (again !== undefined && runs.length > 0) naive.arm(entry, nowMs + Math.max(again, 1));
            }
          } else {
            const entry = entries[taken.index] ?? new Entry();
            for (const each of [wheel, naive]) {
              if (taken.kind === "arm") each.arm(entry, nowMs + taken.offsetMs);
              else each.disarm(entry);
            }
          }
          assert.equal(wheel.size, naive.size);
        }
      }),
      { numRuns: 500 },
    );
  });
});
