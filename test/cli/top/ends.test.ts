import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { endsOf, mixOf, withEnds } from "../../../src/cli/top/ends.ts";
import { listenerOf, overviewOf, statusOf } from "../remote/figures.ts";

function overviewWith(finished: number, failed: number, instance: string = "1f3a"): ReturnType<typeof overviewOf> {
  const ends = { "client-finished": finished, "dial-failed": failed };
  return overviewOf({ status: statusOf({ instance }), listeners: [listenerOf("web", { ends }), listenerOf("db")] });
}

describe("endsOf", () => {
  it("takes a history apart into seconds", () => {
    const ends = { "client-finished": [3, 0], drained: [0, 0] };
    assert.deepEqual(endsOf({ atMs: [1, 2], ends }), [{ "client-finished": 3 }, {}]);
  });
});

describe("withEnds", () => {
  it("adds what has ended in between", () => {
    assert.deepEqual(withEnds([], overviewWith(10, 1), overviewWith(15, 1)), [{ "client-finished": 5 }]);
  });

  it("keeps the last 15 minutes", () => {
    const full = Array.from({ length: 900 }, () => ({}));
    const seconds = withEnds(full, overviewWith(0, 0), overviewWith(0, 2));
    assert.deepEqual([seconds.length, seconds.at(-1)], [900, { "dial-failed": 2 }]);
  });

  it("adds nothing over a restart, or before there is something to compare with", () => {
    assert.deepEqual(withEnds([], undefined, overviewWith(5, 0)), []);
    assert.deepEqual(withEnds([], overviewWith(0, 0, "other"), overviewWith(5, 0)), []);
  });
});

describe("mixOf", () => {
  it("adds up, the most frequent first", () => {
    assert.deepEqual(mixOf([{ drained: 1 }, { "client-finished": 3 }, { drained: 1 }]), [
      { end: "client-finished", count: 3 },
      { end: "drained", count: 2 },
    ]);
  });
});
