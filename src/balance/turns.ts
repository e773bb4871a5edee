// Smooth weighted round robin, the algorithm of nginx (commit 52327e0627f49dbda1e8db695e63a4b0af4448b1, "Upstream: smooth
// weighted round-robin balancing", 2012): weights 5, 1, 1 give a a b a c a a, not a a a a a b c.
//
// Differs in the unit. nginx counts credit in weights; here it is in turns, so each lies between -1 and about 1. Thus a
// change of a weight, or of who is there, leaves nobody with a debt that takes hundreds of turns to pay.

import type { Member } from "./policy.ts";

// Far above what rounding adds up to, far below one part in the largest total weight: credits this near are equal.
const ROUNDING = 1e-9;

/** Whose turn it is among backends that come and go. Takes time in proportion to their number. */
export class Turns {
  readonly #rotation: number;
  #members: readonly Member[] = [];
  /** By id: the turns that a member should have had so far, less those that it had. */
  #credit: Float64Array = new Float64Array(0);

  /** @param rotation how many turns have been taken already when the first members arrive. */
  constructor(rotation: number) {
    this.#rotation = rotation;
  }

  /** Members that stay keep their credit; new ones begin with none, as if they had had their share so far. */
  arrange(members: readonly Member[]): void {
    const before = new Map(this.#members.map(({ id, key }) => [key, this.#credit[id] ?? 0]));
    const kept = members.flatMap(({ key }) => before.get(key) ?? []);
    // Those who left took their credit along. What the others have must add up to 0 again, or else whoever joins would
    // get too many turns or too few.
    const excess = kept.reduce((sum, credit) => sum + credit, 0) / Math.max(kept.length, 1);
    const size = members.reduce((most, { id }) => Math.max(most, id + 1), 0);
    this.#credit = new Float64Array(size);
    for (const { id, key } of members) this.#credit[id] = (before.get(key) ?? excess) - excess;
    if (this.#members.length === 0 && members.length > 0) this.#rotate(members, size);
    this.#members = members;
  }

  /** @returns the one of `ids[0 .. count)` that is furthest behind its share, or -1 if there is none. */
  next(ids: Int32Array, count: number, weight: Int32Array): number {
    let total = 0;
    for (let i = 0; i < count; i++) total += weight[ids[i] ?? 0] ?? 0;
    const share = 1 / Math.max(total, 1);
    const credit = this.#credit;
    let chosen = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const id = ids[i] ?? 0;
      const earned = (credit[id] ?? 0) + (weight[id] ?? 0) * share;
      credit[id] = earned;
      if (earned > most + ROUNDING) {
        most = earned;
        chosen = id;
      }
    }
    if (chosen >= 0) credit[chosen] = most - 1;
    return chosen;
  }

  #rotate(members: readonly Member[], size: number): void {
    const ids = Int32Array.from(members, ({ id }) => id).sort();
    const weight = new Int32Array(size);
    for (const member of members) weight[member.id] = member.weight;
    for (let turn = this.#rotation % members.length; turn > 0; turn--) this.next(ids, ids.length, weight);
  }
}
