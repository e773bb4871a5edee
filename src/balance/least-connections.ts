import { countUpTo } from "./ids.ts";
import type { Candidates, Member, Policy } from "./policy.ts";
import { Turns } from "./turns.ts";
import { haveEqualWeights } from "./weights.ts";

/**
 * The candidate with the fewest sessions for its weight. Those that tie have turns, by weight, as in nginx's least_conn:
 * otherwise the first one would serve everybody whose session ends before the next begins.
 */
export class LeastConnections implements Policy {
  readonly usesKey = false;
  readonly #rotation: number;
  readonly #turns: Turns;
  #equalWeights = true;
  /** The id picked last, or the one below where to begin; undefined until there are members. */
  #last: number | undefined;
  /** Ids, written anew in each pick that looks at weights; it only grows. */
  #tied: Int32Array = new Int32Array(0);

  /** @param rotation a whole number from 0: where to begin, so that not every worker begins with the same backend. */
  constructor(rotation: number) {
    this.#rotation = rotation;
    this.#turns = new Turns(rotation);
  }

  arrange(members: readonly Member[]): void {
    this.#turns.arrange(members);
    this.#equalWeights = haveEqualWeights(members);
    if (members.length === 0) return;
    const ids = Int32Array.from(members, ({ id }) => id).sort();
    this.#last ??= (ids[this.#rotation % ids.length] ?? 0) - 1;
  }

  pick(candidates: Candidates): number {
    if (candidates.count === 0) return -1;
    return this.#equalWeights && candidates.weightUnit === 1
      ? this.#pickByCount(candidates)
      : this.#pickByLoad(candidates);
  }

  /**
   * The rotation goes by the id that was picked, not by an index to try next. So when a backend is passed over, its
   * neighbour does not get its turn as well as its own.
   */
  #pickByCount(candidates: Candidates): number {
    const { ids, count, active } = candidates;
    const middle = countUpTo(ids, count, this.#last ?? -1);
    let picked = middle < count ? leastActive(candidates, middle, count) : -1;
    if (middle > 0 && (picked < 0 || (active[picked] ?? 0) > 0)) {
      const wrapped = leastActive(candidates, 0, middle);
      if (picked < 0 || (active[wrapped] ?? 0) < (active[picked] ?? 0)) picked = wrapped;
    }
    this.#last = picked;
    return picked;
  }

  #pickByLoad({ ids, count, active, weight }: Candidates): number {
    if (this.#tied.length < count) this.#tied = new Int32Array(count);
    const tied = this.#tied;
    let tiedCount = 0;
    let leastSessions = 1;
    let leastWeight = 0;
    for (let i = 0; i < count; i++) {
      const id = ids[i] ?? 0;
      const sessions = active[id] ?? 0;
      const own = weight[id] ?? 0;
      // Multiplied crosswise, so that equal loads compare equal.
      const difference = sessions * leastWeight - leastSessions * own;
      if (difference > 0) continue;
      if (difference < 0) {
        tiedCount = 0;
        leastSessions = sessions;
        leastWeight = own;
      }
      tied[tiedCount] = id;
      tiedCount++;
    }
    return this.#turns.next(tied, tiedCount, weight);
  }
}

/** The first id of `ids[from .. to)` with the fewest sessions; `from` is below `to`. */
function leastActive({ ids, active }: Candidates, from: number, to: number): number {
  let picked = ids[from] ?? 0;
  let least = active[picked] ?? 0;
  for (let i = from + 1; i < to && least > 0; i++) {
    const id = ids[i] ?? 0;
    const sessions = active[id] ?? 0;
    if (sessions < least) {
      least = sessions;
      picked = id;
    }
  }
  return picked;
}
