import type { Candidates, Member, Policy } from "./policy.ts";
import { Turns } from "./turns.ts";

/** Each candidate in its turn, as often as its weight says, however busy it is. */
export class RoundRobin implements Policy {
  readonly usesKey = false;
  readonly #turns: Turns;

  /** @param rotation a whole number from 0: where to begin, so that not every worker begins with the same backend. */
  constructor(rotation: number) {
    this.#turns = new Turns(rotation);
  }

  arrange(members: readonly Member[]): void {
    this.#turns.arrange(members);
  }

  pick({ ids, count, weight }: Candidates): number {
    return this.#turns.next(ids, count, weight);
  }
}
