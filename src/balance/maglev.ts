// The lookup table of Maglev (Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer", NSDI 2016,
// section 3.4). Each member prefers the slots in an order of its own, which follows from its key alone. The members take
// turns, and whoever has the turn takes the first slot of its order that is still free.

import { hashPair, hashText } from "./hash.ts";
import type { Member } from "./policy.ts";

/** A prime, as the paper asks for, and its smaller table: up to 650 members of one weight get shares within 1 %. */
export const MAGLEV_SLOTS = 65_537;

const FREE = -1;

interface Claimant {
  readonly id: number;
  /** The slot to try next; after a refusal the one `skip` further on. */
  slot: number;
  readonly skip: number;
}

/** The claimants of one weight, who have their turns in the same rounds. */
interface Rank {
  readonly weight: number;
  readonly claimants: readonly Claimant[];
  credit: number;
}

/** The slot that a 32-bit hash falls into. */
export function slotOf(hash: number): number {
  return (hash >>> 0) % MAGLEV_SLOTS;
}

/**
 * The id of the member that owns each slot; empty if there are no members. The same keys and weights give the same
 * owners whatever the ids and the order of `members`. Takes a few milliseconds.
 */
export function createMaglevTable(members: readonly Member[]): Int32Array {
  const ranks = rank(members);
  const heaviest = ranks[0]?.weight;
  if (heaviest === undefined) return new Int32Array(0);
  const owners = new Int32Array(MAGLEV_SLOTS).fill(FREE);
  let free = MAGLEV_SLOTS;
  for (;;) {
    for (const turn of ranks) {
      // The heaviest have a turn in every round, the others in proportion: the paper suggests turns and leaves open how.
      turn.credit += turn.weight;
      if (turn.credit < heaviest) continue;
      turn.credit -= heaviest;
      for (const claimant of turn.claimants) {
        claim(owners, claimant);
        free--;
        if (free === 0) return owners;
      }
    }
  }
}

function claim(owners: Int32Array, claimant: Claimant): void {
  let slot = claimant.slot;
  while (owners[slot] !== FREE) {
    slot += claimant.skip;
    if (slot >= MAGLEV_SLOTS) slot -= MAGLEV_SLOTS;
  }
  owners[slot] = claimant.id;
  claimant.slot = slot;
}

function rank(members: readonly Member[]): Rank[] {
  const byWeight = new Map<number, Claimant[]>();
  for (const { id, key, weight } of members.toSorted(byKey)) {
    const hash = hashText(key);
    const skip = 1 + ((hashPair(hash, 2) >>> 0) % (MAGLEV_SLOTS - 1));
    const claimants = byWeight.get(weight) ?? [];
    claimants.push({ id, slot: slotOf(hashPair(hash, 1)), skip });
    byWeight.set(weight, claimants);
  }
  const ranks = [...byWeight].map(([weight, claimants]) => ({ weight, claimants, credit: 0 }));
  return ranks.sort((one, other) => other.weight - one.weight);
}

/** By code units rather than by locale, in which instances may differ. */
function byKey(one: Member, other: Member): number {
  if (one.key === other.key) return one.id - other.id;
  return one.key < other.key ? -1 : 1;
}
