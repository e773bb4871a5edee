import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ratesBetween } from "../../../src/cli/top/rates.ts";
import { backendOf, listenerOf, overviewOf, poolOf, statusOf, timesOf } from "../remote/figures.ts";

const { histograms } = poolOf("x", []);
const before = overviewOf({
  listeners: [listenerOf("web", { ends: { "client-finished": 10, "dial-failed": 1 }, bytesUp: 100, bytesDown: 1_000 })],
  pools: [
    poolOf("web", [backendOf("b1", { sessions: 5, bytesUp: 10 }), backendOf("b2", { sessions: 100 })], {
      histograms: { ...histograms, dial: timesOf(10, 50) },
    }),
  ],
});
const after = overviewOf({
  status: statusOf({ at: "2026-11-21T20:00:02.000Z" }),
  listeners: [
    listenerOf("web", { ends: { "client-finished": 30, "dial-failed": 5 }, bytesUp: 300, bytesDown: 1_000 }),
    listenerOf("new", { ends: { drained: 2 } }),
  ],
  pools: [
    poolOf("web", [backendOf("b1", { sessions: 9, bytesUp: 30 }), backendOf("b2", { sessions: 1 })], {
      histograms: { ...histograms, dial: { buckets: [], sumMs: 10 * 50 + 4 * 2, count: 14 } },
    }),
  ],
});

describe("ratesBetween", () => {
  const rates = ratesBetween(before, after);
  assert.ok(rates);

  it("counts by the second what came in between, of listeners", () => {
    assert.deepEqual(rates.listeners.get("web"), { ended: 12, failed: 2, bytesUp: 100, bytesDown: 0 });
  });

  it("counts what is new from 0, and all together", () => {
    assert.equal(rates.listeners.get("new")?.ended, 1);
    assert.deepEqual(rates.all, { ended: 13, failed: 3, bytesUp: 100, bytesDown: 0 });
  });

  it("counts backends, one that was added anew never backwards", () => {
    assert.deepEqual(rates.backends.get("web/b1"), { sessions: 2, bytesUp: 10, bytesDown: 0 });
    assert.equal(rates.backends.get("web/b2")?.sessions, 0);
  });

  it("takes the mean of the dials in between", () => {
    assert.deepEqual(rates.pools.get("web"), { dialMs: 2, firstByteMs: undefined });
  });

  it("knows none over a restart, or in no time", () => {
    assert.equal(ratesBetween(before, before), undefined);
    const other = overviewOf({ status: statusOf({ at: "2026-11-21T20:00:02.000Z", instance: "other" }) });
    assert.equal(ratesBetween(before, other), undefined);
  });
});
