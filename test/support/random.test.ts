import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seededRandom } from "./random.ts";

describe("seededRandom", () => {
  it("gives the same sequence for the same seed and another for another", () => {
    const sequence = (seed: number): number[] => Array.from({ length: 10 }, seededRandom(seed));
    assert.deepEqual(sequence(7), sequence(7));
    assert.notDeepEqual(sequence(7), sequence(8));
  });

  it("fills [0, 1) evenly", () => {
    const random = seededRandom(1);
    const counts: number[] = Array.from({ length: 10 }, () => 0);
    for (let draw = 0; draw < 10_000; draw++) {
      const number = random();
      assert.ok(number >= 0 && number < 1);
      const bin = Math.floor(number * 10);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    assert.ok(
      counts.every((count) => count > 900 && count < 1_100),
      counts.join(" "),
    );
  });
});
