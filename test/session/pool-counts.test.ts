import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Counters } from "../../src/session/counters.ts";
import { NOTHING_COUNTED, readPoolCounts, subtractPoolCounts } from "../../src/session/pool-counts.ts";
import { Totals } from "../../src/session/totals.ts";

describe("the counts of a pool", () => {
  it("are what has come since a moment", () => {
    const counters = new Counters(1);
    const read = () => readPoolCounts(new Totals([counters]), 3);
    counters.countRetry(3);
    counters.observe(3, "dial", 4);
    const before = read();
    counters.countRetry(3);
    counters.observe(3, "dial", 7);
    counters.observe(3, "session", 100);
    const { retries, histograms } = subtractPoolCounts(read(), before);
    assert.deepEqual(
      [retries, histograms.dial.count, histograms.dial.sumMs, histograms.session.count, histograms.firstByte.count],
      [1, 1, 7, 1, 0],
    );
    assert.equal(
      histograms.dial.buckets.reduce((sum, count) => sum + count, 0),
      1,
    );
  });

  it("are nothing before anybody has come", () => {
    assert.deepEqual([NOTHING_COUNTED.retries, NOTHING_COUNTED.histograms.dial.count], [0, 0]);
  });
});
