// Where the sessions of each listener are counted: a lane for each pool that they can go to, and one for none.

import { LANES, type LaneCounts } from "../session/counters.ts";
import { addLanes, subtractLanes, ZERO_LANE } from "../session/lane-counts.ts";
import type { Totals } from "../session/totals.ts";
import { Ledger } from "./ledger.ts";
import type { Quiet } from "./places.ts";

/** The lanes of a listener, as its snapshot has them. */
export interface ListenerLanes {
  readonly lanes: Readonly<Record<string, number>>;
  readonly lane: number;
}

/** The figures of the sessions that a listener has had with one pool. */
export interface LaneStats extends LaneCounts {
  /** Null for those that went to none. */
  readonly pool: string | null;
}

// Neither name can hold it.
const SEPARATOR = "/";

/** The lanes of all listeners. */
export class Lanes {
  readonly #ledger: Ledger<LaneCounts>;
  /** By listener: of lanes that it has no more. */
  readonly #past = new Map<string, LaneCounts>();

  constructor(totals: Pick<Totals, "lane">) {
    this.#ledger = new Ledger({ places: LANES, read: (lane) => totals.lane(lane), since: subtractLanes });
  }

  /** How many further lanes there are. */
  get spare(): number {
    return this.#ledger.spare;
  }

  /** How many of a listener's lanes would be new. */
  missing(listener: string, pools: Iterable<string>): number {
    return ["", ...pools].filter((pool) => !this.#ledger.has(keyOf(listener, pool))).length;
  }

  /** Where none is left, sessions count as if they went to no pool. */
  take(listener: string, pools: Iterable<string>): ListenerLanes {
    const lane = this.#ledger.take(keyOf(listener, "")) ?? 0;
    const lanes: Record<string, number> = {};
    for (const pool of pools) lanes[pool] = this.#ledger.take(keyOf(listener, pool)) ?? lane;
    return { lanes, lane };
  }

  /** Gives up the lanes of a listener to other pools than these. @param version the first snapshot without them. */
  keep(listener: string, pools: ReadonlySet<string>, version: number): void {
    for (const pool of this.#poolsOf(listener)) {
      if (pool !== "" && !pools.has(pool)) this.#ledger.retire(keyOf(listener, pool), version);
    }
  }

  /** Gives up all lanes of a listener. @param version the first snapshot without it. */
  retire(listener: string, version: number): void {
    for (const pool of this.#poolsOf(listener)) this.#ledger.retire(keyOf(listener, pool), version);
    this.#past.delete(listener);
  }

  /** What a listener has counted: in all, and by pool, those included that it does not serve any more. */
  counts(listener: string): LaneCounts & { readonly pools: readonly LaneStats[] } {
    const pools = this.#poolsOf(listener).map((pool): LaneStats => {
      const counts = this.#ledger.counts(keyOf(listener, pool)) ?? ZERO_LANE;
      return { pool: pool === "" ? null : pool, ...counts };
    });
    return { ...pools.reduce(addLanes, this.#past.get(listener) ?? ZERO_LANE), pools };
  }

  /** Frees what nobody can count on any more. */
  reclaim(quiet: Quiet): void {
    this.#ledger.reclaim(quiet, (key, counts) => {
      const [listener = ""] = key.split(SEPARATOR);
      // One that stays does not forget: it would count backwards.
      if (this.#ledger.has(keyOf(listener, ""))) {
        this.#past.set(listener, addLanes(this.#past.get(listener) ?? ZERO_LANE, counts));
      }
    });
  }

  /** `""` for none. */
  #poolsOf(listener: string): readonly string[] {
    const start = keyOf(listener, "");
    return [...this.#ledger.keys()].filter((key) => key.startsWith(start)).map((key) => key.slice(start.length));
  }
}

function keyOf(listener: string, pool: string): string {
  return `${listener}${SEPARATOR}${pool}`;
}
