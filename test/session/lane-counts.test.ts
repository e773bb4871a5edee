import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addLanes, subtractLanes, ZERO_LANE } from "../../src/session/lane-counts.ts";

describe("the counts of a lane", () => {
  const one = {
    ends: { "client-finished": 2, shutdown: 1 },
    bytesUp: 3,
    bytesDown: 4,
    irregular: 1,
    answers: { 503: 2 },
  } as const;
  const other = {
    ends: { shutdown: 1, internal: 5 },
    bytesUp: 30,
    bytesDown: 40,
    irregular: 0,
    answers: { 404: 1, 503: 1 },
  } as const;

  it("are added end by end", () => {
    assert.deepEqual(addLanes(one, other), {
      ends: { "client-finished": 2, shutdown: 2, internal: 5 },
      bytesUp: 33,
      bytesDown: 44,
      irregular: 1,
      answers: { 404: 1, 503: 3 },
    });
  });

  it("are what they were after an addition is taken away", () => {
    assert.deepEqual(subtractLanes(addLanes(one, other), other), one);
    assert.deepEqual(subtractLanes(one, one), ZERO_LANE);
  });
});
