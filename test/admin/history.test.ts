import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HistoryRecord } from "../../src/admin/history.ts";
import type { EndReason } from "../../src/session/end.ts";

function listener(name: string, bytesUp: number, bytesDown: number, ends: Partial<Record<EndReason, number>>) {
  return { name, bytesUp, bytesDown, ends };
}

describe("HistoryRecord", () => {
  it("has what happened in each second, over all listeners", () => {
    const history = new HistoryRecord();
    history.add(1_000, 3, [listener("a", 10, 100, { "client-finished": 5 })]);
    history.add(2_000, 4, [
      listener("a", 15, 100, { "client-finished": 6, denied: 1 }),
      listener("b", 1, 2, { denied: 1 }),
    ]);
    history.add(3_000, 2, [
      listener("a", 15, 130, { "client-finished": 6, denied: 1 }),
      listener("b", 1, 2, { denied: 1 }),
    ]);
    assert.deepEqual(history.read(), {
      atMs: [2_000, 3_000],
      activeSessions: [4, 2],
      endedSessions: [3, 0],
      bytesUp: [6, 0],
      bytesDown: [2, 30],
      ends: { "client-finished": [1, 0], denied: [2, 0] },
    });
  });

  it("never counts backwards where a listener goes and comes back", () => {
    const history = new HistoryRecord();
    history.add(0, 0, [listener("a", 10, 10, { denied: 2 })]);
    history.add(1_000, 0, []);
    history.add(2_000, 0, [listener("a", 3, 3, { denied: 1 })]);
    assert.deepEqual(history.read().bytesUp, [0, 3]);
    assert.deepEqual(history.read().ends, { denied: [0, 1] });
  });

  it("has 900 samples at most, and forgets ends with the last sample that had them", () => {
    const history = new HistoryRecord();
    history.add(0, 0, [listener("a", 0, 0, {})]);
    history.add(1_000, 0, [listener("a", 0, 0, { denied: 1 })]);
    for (let second = 2; second <= 900; second++) history.add(second * 1_000, 0, [listener("a", 0, 0, { denied: 1 })]);
    assert.deepEqual([history.read().atMs.length, history.read().ends.denied?.[0]], [900, 1]);
    history.add(901_000, 0, [listener("a", 0, 0, { denied: 1 })]);
    assert.deepEqual([history.read().atMs.length, history.read().atMs[0], history.read().ends], [900, 2_000, {}]);
  });
});
