import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RandomOne } from "../../src/balance/random.ts";
import { seededRandom } from "../support/random.ts";
import { createBackends, tally } from "./backends.ts";
import { assertShares } from "./chance.ts";
import { describePolicy } from "./policy.contract.ts";

describePolicy("RandomOne", ({ random }) => new RandomOne(random));

const PICKS = 30_000;

describe("RandomOne", () => {
  for (const weights of [
    [1, 1, 1, 1, 1],
    [1, 2, 3, 4, 10],
    [256, 1],
  ]) {
    it(`shares by weight, ${weights.join(", ")}`, () => {
      const { members, ids, without } = createBackends(weights);
      const policy = new RandomOne(seededRandom(1));
      policy.arrange(members);
      assertShares(tally(policy, without(), PICKS, ids), weights);
    });
  }

  it("shares the part of a missing candidate among the others by weight", () => {
    const { members, ids, without } = createBackends([1, 2, 3, 4]);
    const policy = new RandomOne(seededRandom(2));
    policy.arrange(members);
    assertShares(tally(policy, without(5), PICKS, ids), [1, 2, 0, 4]);
  });

  it("goes by the weights that the candidates have now, once weights differ", () => {
    const { members, ids, weight, without } = createBackends([1, 2, 3]);
    const policy = new RandomOne(seededRandom(3));
    policy.arrange(members);
    weight[1] = 4;
    assertShares(tally(policy, without(), PICKS, ids), [4, 2, 3]);
  });

  it("does not mind how busy a backend is", () => {
    const { members, ids, active, without } = createBackends([1, 1]);
    const policy = new RandomOne(seededRandom(4));
    policy.arrange(members);
    active[1] = 1_000;
    assertShares(tally(policy, without(), PICKS, ids), [1, 1]);
  });

  it("reaches the first and the last candidate at the ends of chance", () => {
    const { members, without } = createBackends([1, 1, 1]);
    for (const [chance, id] of [
      [0, 1],
      [1 - 2 ** -53, 5],
    ]) {
      const policy = new RandomOne(() => chance ?? 0);
      policy.arrange(members);
      assert.equal(policy.pick(without()), id);
    }
  });
});
