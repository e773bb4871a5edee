import type { Random } from "../clock.ts";
import type { Candidates, Member, Policy } from "./policy.ts";
import { drawByWeight, haveEqualWeights, totalWeight } from "./weights.ts";

/**
 * The less loaded of two different candidates that are drawn by chance and weight (Mitzenmacher, "The Power of Two Choices
 * in Randomized Load Balancing", 2001). Data planes that see each other's counts late do not all rush to the same backend.
 */
export class RandomTwo implements Policy {
  readonly usesKey = false;
  readonly #random: Random;
  #equalWeights = true;

  constructor(random: Random) {
    this.#random = random;
  }

  arrange(members: readonly Member[]): void {
    this.#equalWeights = haveEqualWeights(members);
  }

  pick(candidates: Candidates): number {
    const { ids, count, weightUnit } = candidates;
    if (count < 2) return count === 1 ? (ids[0] ?? -1) : -1;
    return this.#equalWeights && weightUnit === 1 ? this.#pickEvenly(candidates) : this.#pickByWeight(candidates);
  }

  #pickEvenly({ ids, count, active }: Candidates): number {
    const index = Math.floor(this.#random() * count);
    const other = Math.floor(this.#random() * (count - 1));
    const first = ids[index] ?? 0;
    const second = ids[other < index ? other : other + 1] ?? 0;
    return (active[second] ?? 0) < (active[first] ?? 0) ? second : first;
  }

  #pickByWeight(candidates: Candidates): number {
    const { active, weight } = candidates;
    const total = totalWeight(candidates);
    const first = drawByWeight(candidates, total, this.#random, -1);
    const firstWeight = weight[first] ?? 0;
    const second = drawByWeight(candidates, total - firstWeight, this.#random, first);
    // A tie goes to the first draw, so that idle backends are picked by weight.
    const lighter = (active[second] ?? 0) * firstWeight < (active[first] ?? 0) * (weight[second] ?? 0);
    return lighter ? second : first;
  }
}
