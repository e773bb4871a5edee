// What weights mean to more than one policy.

import type { Random } from "../clock.ts";
import type { Candidates, Member } from "./policy.ts";

/** Whether no member has a weight of its own, which spares a pick looking at weights. */
export function haveEqualWeights(members: readonly Member[]): boolean {
  return members.every(({ weight }) => weight === members[0]?.weight);
}

export function totalWeight({ ids, count, weight }: Candidates): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += weight[ids[i] ?? 0] ?? 0;
  return total;
}

/**
 * The id of a candidate drawn with a chance in proportion to its weight.
 *
 * @param total the `totalWeight` of the candidates, without the weight of `except`.
 * @param except an id that can't be drawn, or -1. Another candidate must exist.
 */
export function drawByWeight(candidates: Candidates, total: number, random: Random, except: number): number {
  const { ids, count, weight } = candidates;
  let ticket = Math.floor(random() * total);
  let drawn = -1;
  for (let i = 0; i < count && ticket >= 0; i++) {
    const id = ids[i] ?? 0;
    if (id === except) continue;
    drawn = id;
    ticket -= weight[id] ?? 0;
  }
  return drawn;
}
