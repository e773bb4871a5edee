import type { Candidates, Member, Policy } from "../../src/balance/policy.ts";

/** Backends as a pool shows them to a policy, with sessions and weights that a test may set. */
export interface Backends {
  readonly members: readonly Member[];
  readonly ids: readonly number[];
  /** By id. */
  readonly active: Int32Array;
  /** By id. */
  readonly weight: Int32Array;
  /** Those that can serve when `missing` can't. The arrays are the ones above: what a test sets shows at once. */
  readonly without: (...missing: readonly number[]) => Candidates;
}

/** Somebody, for policies that do not look at it. */
export const CLIENT_IP = "192.0.2.1";

/** One backend for each weight. Ids have gaps, as they have when others have left. */
export function createBackends(weights: readonly number[]): Backends {
  const members = weights.map((weight, index) => ({ id: 2 * index + 1, key: `10.0.0.${index}:80`, weight }));
  const ids = members.map(({ id }) => id);
  const active = new Int32Array(2 * weights.length + 1);
  const weight = new Int32Array(2 * weights.length + 1);
  for (const member of members) weight[member.id] = member.weight;
  return {
    members,
    ids,
    active,
    weight,
    without: (...missing) => {
      const left = ids.filter((id) => !missing.includes(id));
      // Longer than its count, as a pool's own array is.
      return { ids: Int32Array.from([...left, 0, 0]), count: left.length, active, weight, weightUnit: 1 };
    },
  };
}

/** How often each of `ids` comes up in so many picks, between which nothing else changes. */
export function tally(policy: Policy, candidates: Candidates, picks: number, ids: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (let n = 0; n < picks; n++) {
    const id = policy.pick(candidates, 0, CLIENT_IP);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return ids.map((id) => counts.get(id) ?? 0);
}

export function repeat(number: number, count: number): number[] {
  return Array.from({ length: count }, () => number);
}

export function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
