import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Timeline } from "../../../src/admin/page/timeline.ts";
import { overview, timeOf } from "./overviews.ts";

describe("Timeline", () => {
  it("begins with what the server remembers", () => {
    const timeline = new Timeline();
    timeline.begin({
      atMs: [timeOf(1), timeOf(2)],
      activeSessions: [3, 4],
      endedSessions: [1, 2],
      bytesUp: [10, 20],
      bytesDown: [30, 40],
      ends: { "client-finished": [1, 1], "no-backend": [0, 1] },
    });
    assert.deepEqual(timeline.samples[1], {
      atMs: timeOf(2),
      active: 4,
      ended: 2,
      bytesUp: 20,
      bytesDown: 40,
      ends: { "client-finished": 1, "no-backend": 1 },
    });
    assert.deepEqual(timeline.ends(), { "client-finished": 2, "no-backend": 1 });
  });

  it("adds what came since the overview before, a second", () => {
    const timeline = new Timeline();
    timeline.add(overview({ second: 10, ends: { "client-finished": 100 }, bytesDown: 1_000 }));
    timeline.add(overview({ second: 12, ends: { "client-finished": 104 }, bytesDown: 3_000, active: 7 }));
    assert.deepEqual(timeline.samples, [
      { atMs: timeOf(12), active: 7, ended: 2, bytesUp: 0, bytesDown: 1_000, ends: { "client-finished": 4 } },
    ]);
  });

  it("forgets what is older than 15 minutes", () => {
    const timeline = new Timeline();
    for (let second = 0; second <= 1_000; second++) {
      timeline.add(overview({ second, ends: { "client-finished": second } }));
    }
    assert.equal(timeline.samples[0]?.atMs, timeOf(100));
    assert.deepEqual(timeline.ends(), { "client-finished": 901 });
  });

  it("counts nothing twice when lb-tcp has started anew", () => {
    const timeline = new Timeline();
    timeline.add(overview({ second: 10, ends: { "client-finished": 100 } }));
    timeline.add(overview({ second: 11, ends: { "client-finished": 300 }, startedAt: "2026-01-01T00:00:10.500Z" }));
    assert.deepEqual(timeline.ends(), {});
  });
});
