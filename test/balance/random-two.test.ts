import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { RandomTwo } from "../../src/balance/random-two.ts";
import { seededRandom } from "../support/random.ts";
import { type Backends, createBackends, repeat, sum, tally } from "./backends.ts";
import { assertShares } from "./chance.ts";
import { describePolicy } from "./policy.contract.ts";

describePolicy("RandomTwo", ({ random }) => new RandomTwo(random));

const PICKS = 30_000;

function arranged({ members }: Backends, seed: number): RandomTwo {
  const policy = new RandomTwo(seededRandom(seed));
  policy.arrange(members);
  return policy;
}

describe("RandomTwo", () => {
  for (const weights of [
    [1, 1, 1, 1, 1],
    [1, 2, 3, 4, 10],
    [2, 1],
  ]) {
    it(`shares by weight while all are idle, ${weights.join(", ")}`, () => {
      const backends = createBackends(weights);
      assertShares(tally(arranged(backends, 1), backends.without(), PICKS, backends.ids), weights);
    });
  }

  it("draws two different ones: of two, the less loaded for its weight serves", () => {
    const weight = fc.constantFrom(1, 2, 3, 256);
    const sessions = fc.nat({ max: 500 });
    fc.assert(
      fc.property(fc.nat(), fc.tuple(weight, weight), fc.tuple(sessions, sessions), (seed, weights, [one, other]) => {
        const backends = createBackends(weights);
        backends.active.set([0, one, 0, other]);
        const difference = one * weights[1] - other * weights[0];
        const policy = arranged(backends, seed);
        if (difference === 0) return;
        for (let n = 0; n < 10; n++) assert.equal(policy.pick(backends.without()), difference < 0 ? 1 : 3);
      }),
    );
  });

  it("draws the second by weight too", () => {
    const backends = createBackends([1, 2, 3]);
    backends.active[5] = 1_000;
    // 1/6 + 3/6 × 1/3 and 2/6 + 3/6 × 2/3: drawn first, or second after the busy one.
    assertShares(tally(arranged(backends, 5), backends.without(), PICKS, backends.ids), [1, 2, 0]);
  });

  for (const weights of [
    [1, 1, 1, 1],
    [1, 2, 3, 4],
  ]) {
    it(`never picks the most loaded, with weights ${weights.join(", ")}`, () => {
      const backends = createBackends(weights);
      backends.active.set([0, 0, 0, 2, 0, 4, 0, 99]);
      const counts = tally(arranged(backends, 2), backends.without(), 2_000, backends.ids);
      assert.equal(counts[3], 0);
      assert.ok(counts.slice(0, 3).every((count) => count > 0));
    });
  }

  it("keeps a hundred backends within a few sessions of each other", () => {
    const backends = createBackends(repeat(1, 100));
    const policy = arranged(backends, 3);
    for (let n = 0; n < 10_000; n++) {
      const id = policy.pick(backends.without());
      backends.active[id] = (backends.active[id] ?? 0) + 1;
    }
    const loads = backends.ids.map((id) => backends.active[id] ?? 0);
    assert.equal(sum(loads), 10_000);
    // One draw would leave the fullest about 25 above the mean of 100.
    assert.ok(Math.max(...loads) <= 105, `the fullest has ${Math.max(...loads)}`);
  });

  it("shares the part of a missing candidate among the others by weight", () => {
    const backends = createBackends([1, 2, 3, 4]);
    assertShares(tally(arranged(backends, 4), backends.without(5), PICKS, backends.ids), [1, 2, 0, 4]);
  });
});
