import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { capacityOf } from "../../src/control/capacity.ts";

describe("capacityOf", () => {
  const cases: readonly (readonly [descriptors: number, workers: number, sessions: number])[] = [
    [1_024, 1, 472],
    [1_024, 4, 448],
    [1_048_576, 1, 524_248],
    [2 ** 30, 1, 536_870_872],
    [Number.POSITIVE_INFINITY, 8, Number.POSITIVE_INFINITY],
    [81, 1, 1],
    [0, 1, 1],
  ];
  for (const [descriptors, workers, sessions] of cases) {
    it(`allows ${sessions} sessions with ${descriptors} descriptors and ${workers} workers`, () => {
      const capacity = capacityOf("auto", descriptors, workers);
      assert.equal(capacity.sessions, sessions);
      assert.equal(capacity.affordableSessions, sessions);
      assert.equal(capacity.descriptors, descriptors);
    });
  }

  it("takes what is configured, and still says what would be affordable", () => {
    const { sessions, affordableSessions } = capacityOf(50_000, 1_024, 1);
    assert.deepEqual([sessions, affordableSessions], [50_000, 472]);
  });

  it("leaves room for what else the program has open", () => {
    assert.equal(capacityOf("auto", 1_024, 1, 32).sessions, 456);
  });

  it("probes few backends at once where there are few descriptors", () => {
    assert.deepEqual(
      [0, 1_024, 4_096, 10_240, 1_048_576, Number.POSITIVE_INFINITY].map(
        (limit) => capacityOf("auto", limit, 1).probes,
      ),
      [16, 16, 64, 160, 256, 256],
    );
  });
});
