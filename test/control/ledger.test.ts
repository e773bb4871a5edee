import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Ledger } from "../../src/control/ledger.ts";

const QUIET = { acknowledgedVersion: 9, nowMs: 1, oldestAtMs: Number.POSITIVE_INFINITY };

describe("Ledger", () => {
  it("counts from the moment on when a key got its place, whoever had it before", () => {
    const counters = [5, 0];
    const ledger = new Ledger({
      places: 1,
      read: (place) => counters[place] ?? 0,
      since: (now, before) => now - before,
    });
    ledger.take("a");
    assert.equal(ledger.counts("a"), 0);
    counters[0] = 7;
    assert.equal(ledger.counts("a"), 2);
    ledger.retire("a", 1);
    assert.equal(ledger.take("b"), undefined, "somebody may count on it");
    counters[0] = 8;
    assert.deepEqual([ledger.counts("a"), [...ledger.keys()], ledger.spare], [3, ["a"], 0]);
    const freed: [string, number][] = [];
    ledger.reclaim(QUIET, (key, counts) => freed.push([key, counts]));
    assert.deepEqual(freed, [["a", 3]]);
    assert.deepEqual([ledger.counts("a"), ledger.has("a")], [undefined, false]);
    ledger.take("b");
    assert.equal(ledger.counts("b"), 0);
  });

  it("goes on for a key that comes back in time", () => {
    const counters = [0];
    const ledger = new Ledger({ places: 1, read: () => counters[0] ?? 0, since: (now, before) => now - before });
    ledger.take("a");
    counters[0] = 4;
    ledger.retire("a", 1);
    ledger.take("a");
    assert.equal(ledger.counts("a"), 4);
  });
});
