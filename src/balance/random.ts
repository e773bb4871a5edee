import type { Random } from "../clock.ts";
import type { Candidates, Member, Policy } from "./policy.ts";
import { drawByWeight, haveEqualWeights, totalWeight } from "./weights.ts";

/** Any candidate, by chance and weight. */
export class RandomOne implements Policy {
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
    if (count === 0) return -1;
    if (this.#equalWeights && weightUnit === 1) return ids[Math.floor(this.#random() * count)] ?? -1;
    return drawByWeight(candidates, totalWeight(candidates), this.#random, -1);
  }
}
