// The last overviews, and what they tell together: rates, and times of the last minute.

import { percentileMs } from "./percentile.ts";
import type * as types from "./types.ts";

/** A second. */
export interface Rates {
  readonly sessions: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

export interface Times {
  /** Milliseconds; null where there were none, here and below. */
  readonly median: number | null;
  readonly p95: number | null;
}

type Listener = Pick<types.Listener, "name" | "ends" | "bytesUp" | "bytesDown">;
type Backend = Pick<types.Backend, "name" | "sessions" | "bytesUp" | "bytesDown">;
type Pool = Pick<types.Pool, "name" | "histograms"> & { readonly backends: readonly Backend[] };
type Counted = Pick<Backend, "sessions" | "bytesUp" | "bytesDown">;

/** What is needed of an overview. */
export interface Counts {
  readonly status: Pick<types.Status, "startedAt" | "at">;
  readonly listeners: readonly Listener[];
  readonly pools: readonly Pool[];
}

const NO_RATES: Rates = { sessions: 0, bytesUp: 0, bytesDown: 0 };
// A rate is over so many seconds: with one, every figure flickers.
const RATE_OVERVIEWS = 5;
const TIMES_OVERVIEWS = 60;

/** An overview, by the names in it. */
interface Known {
  readonly atMs: number;
  readonly startedAt: string;
  readonly listeners: ReadonlyMap<string, Listener>;
  /** By `pool/backend`. */
  readonly backends: ReadonlyMap<string, Backend>;
}

interface KnownTimes {
  readonly startedAt: string;
  readonly pools: ReadonlyMap<string, Pool["histograms"]>;
}

/** Empty until the second `add`; what has started anew starts anew here. */
export class Recent {
  #known: Known[] = [];
  #times: KnownTimes[] = [];

  add({ status, listeners, pools }: Counts): void {
    const { startedAt } = status;
    const backends = pools.flatMap((pool) => pool.backends.map((each) => [`${pool.name}/${each.name}`, each] as const));
    this.#known.push({
      atMs: Date.parse(status.at),
      startedAt,
      listeners: new Map(listeners.map((each) => [each.name, each])),
      backends: new Map(backends),
    });
    this.#times.push({ startedAt, pools: new Map(pools.map(({ name, histograms }) => [name, histograms])) });
    this.#known = this.#known.filter((each) => each.startedAt === startedAt).slice(-RATE_OVERVIEWS - 1);
    this.#times = this.#times.filter((each) => each.startedAt === startedAt).slice(-TIMES_OVERVIEWS - 1);
  }

  /** What came before a lost connection says nothing about now. */
  clear(): void {
    this.#known = [];
    this.#times = [];
  }

  listener(listener: Listener): Rates {
    return this.#rates(({ listeners }) => countedListener(listeners.get(listener.name)), countedListener(listener));
  }

  /** @param identity `pool/backend` */
  backend(identity: string, backend: Backend): Rates {
    return this.#rates(({ backends }) => backends.get(identity), backend);
  }

  pool(pool: Pool): Rates {
    return addRates(pool.backends.map((backend) => this.backend(`${pool.name}/${backend.name}`, backend)));
  }

  /** Of the last minute. */
  times(pool: Pool, name: keyof Pool["histograms"]): Times {
    const before = this.#times[0]?.pools.get(pool.name)?.[name];
    const now = pool.histograms[name];
    return { median: percentileMs(now, before, 0.5), p95: percentileMs(now, before, 0.95) };
  }

  #rates(find: (known: Known) => Counted | undefined, now: Counted | undefined): Rates {
    const first = this.#known[0];
    const last = this.#known.at(-1);
    if (first === undefined || last === undefined || now === undefined) return NO_RATES;
    const before = find(first);
    const seconds = (last.atMs - first.atMs) / 1_000;
    if (before === undefined || seconds <= 0) return NO_RATES;
    const rate = (one: number, other: number): number => Math.max(0, one - other) / seconds;
    return {
      sessions: rate(now.sessions, before.sessions),
      bytesUp: rate(now.bytesUp, before.bytesUp),
      bytesDown: rate(now.bytesDown, before.bytesDown),
    };
  }
}

export function addRates(rates: readonly Rates[]): Rates {
  return rates.reduce(
    (sum, each) => ({
      sessions: sum.sessions + each.sessions,
      bytesUp: sum.bytesUp + each.bytesUp,
      bytesDown: sum.bytesDown + each.bytesDown,
    }),
    NO_RATES,
  );
}

/** Sessions that have ended. */
export function endedOf({ ends }: Pick<Listener, "ends">): number {
  return Object.values(ends).reduce((sum, count) => sum + count, 0);
}

function countedListener(listener: Listener | undefined): Counted | undefined {
  return listener && { sessions: endedOf(listener), bytesUp: listener.bytesUp, bytesDown: listener.bytesDown };
}
