import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Counters } from "../../src/session/counters.ts";
import { Totals } from "../../src/session/totals.ts";

describe("Totals", () => {
  it("adds up what several workers have counted", () => {
    const parts = [new Counters(4), new Counters(4)];
    const totals = new Totals(parts);
    for (const [index, part] of parts.entries()) {
      part.countSession(0, "client-finished", 10, 20);
      part.countDial(3, "ok");
      part.countBackendSession(3, 10, 20);
      part.countRetry(1);
      part.observe(1, "dial", 3 + index * 100);
    }
    parts[1]?.countSession(0, "idle-timeout", 1, 2);
    assert.deepEqual(totals.lane(0), {
      ends: { "client-finished": 2, "idle-timeout": 1 },
      bytesUp: 21,
      bytesDown: 42,
      irregular: 0,
      answers: {},
    });
    const { dials, sessions, bytesDown } = totals.row(3);
    assert.deepEqual([dials.ok, sessions, bytesDown], [2, 2, 40]);
    assert.equal(totals.retries(1), 2);
    const { buckets, sumMs, count } = totals.histogram(1, "dial");
    assert.deepEqual([sumMs, count], [106, 2]);
    assert.equal(
      buckets.reduce((sum, each) => sum + each, 0),
      2,
    );
  });

  it("gives what one worker gives, where there is one", () => {
    const part = new Counters(1);
    part.countSession(5, "shutdown", 1, 2);
    part.observe(0, "session", 7);
    const totals = new Totals([part]);
    assert.deepEqual(totals.lane(5), part.lane(5));
    assert.deepEqual(totals.row(0), part.row(0));
    assert.deepEqual(totals.histogram(0, "session"), part.histogram(0, "session"));
  });
});
