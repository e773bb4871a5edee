import { hashPair, hashText } from "./hash.ts";
import { includesId } from "./ids.ts";
import { createMaglevTable, slotOf } from "./maglev.ts";
import type { Candidates, Member, Policy } from "./policy.ts";

// With half of the backends down, one client in 256 gets past these.
const LOOKUPS = 8;

/**
 * The same candidate for the same key, in every instance that has the same backends.
 *
 * The table is made over all members, whether they can serve or not. A key walks through slots of its own until it meets
 * a candidate; so while a backend is down its clients move, and nobody else does.
 */
export class SourceHash implements Policy {
  readonly usesKey = true;
  #members: readonly Member[] = [];
  /** Empty until a pick needs it, so that changes which come in a row cost one table. */
  #owners: Int32Array = new Int32Array(0);
  /** By id. */
  #identity: Int32Array = new Int32Array(0);

  arrange(members: readonly Member[]): void {
    if (areSame(this.#members, members)) return;
    this.#members = [...members];
    this.#owners = new Int32Array(0);
  }

  pick(candidates: Candidates, key: number): number {
    const { ids, count } = candidates;
    if (count === 0) return -1;
    if (this.#owners.length === 0) this.#build();
    for (let lookup = 0; lookup < LOOKUPS; lookup++) {
      const owner = this.#owners[slotOf(hashPair(key, lookup))] ?? -1;
      if (includesId(ids, count, owner)) return owner;
    }
    return this.#highest(candidates, key);
  }

  /**
   * Rendezvous hashing (Thaler and Ravishankar, "Using Name-Based Mappings to Increase Hit Rates", 1998) for keys that
   * meet nobody, with weights as in Schindelhauer and Schomaker, "Weighted Distributed Hash Tables", 2005: the least of
   * exponentially distributed waits whose rates are the weights.
   */
  #highest({ ids, count, weight }: Candidates, key: number): number {
    let picked = -1;
    let shortest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const id = ids[i] ?? 0;
      const chance = ((hashPair(key, this.#identity[id] ?? 0) >>> 0) + 0.5) / 2 ** 32;
      const wait = -Math.log(chance) / (weight[id] ?? 1);
      if (wait < shortest) {
        shortest = wait;
        picked = id;
      }
    }
    return picked;
  }

  #build(): void {
    this.#owners = createMaglevTable(this.#members);
    const size = this.#members.reduce((most, { id }) => Math.max(most, id + 1), 0);
    this.#identity = new Int32Array(size);
    for (const { id, key } of this.#members) this.#identity[id] = hashText(key);
  }
}

function areSame(before: readonly Member[], after: readonly Member[]): boolean {
  if (before.length !== after.length) return false;
  return before.every(({ id, key, weight }, index) => {
    const other = after[index];
    return id === other?.id && key === other.key && weight === other.weight;
  });
}
