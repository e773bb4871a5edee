// The figures of a running balancer: what the metrics are made of.

import type { HistogramCounts, HistogramName } from "../session/counters.ts";
import type { EndReason } from "../session/end.ts";
import type { Assembly } from "./assembly.ts";
import type { BackendStatus } from "./backend.ts";
import type { LaneStats } from "./lanes.ts";
import type { LifecycleState } from "./lifecycle.ts";
import type { ControlPool } from "./pool.ts";

/** The figures of a listener. */
export interface ListenerStats {
  readonly name: string;
  readonly pool: string;
  readonly active: number;
  /** Sessions that have ended, by how; ends that have not happened are left out. */
  readonly ends: Readonly<Partial<Record<EndReason, number>>>;
  /** Client to backend, of sessions that have ended; here and below. */
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** The same by the pool that the sessions went to. */
  readonly pools: readonly LaneStats[];
}

/** The figures of a pool. */
export interface PoolStats {
  readonly name: string;
  /** Addresses that can take new sessions. */
  readonly usable: number;
  /** Dials after a session's first. */
  readonly retries: number;
  /** Milliseconds: from the first dial to a connected backend, from there to its first byte, and whole sessions. */
  readonly histograms: Readonly<Record<HistogramName, HistogramCounts>>;
  readonly backends: readonly BackendStatus[];
}

/** Everything is counted since `start`; nothing ever counts backwards. */
export interface Stats {
  readonly state: LifecycleState;
  readonly sessions: { readonly active: number; readonly limit: number };
  readonly listeners: readonly ListenerStats[];
  readonly pools: readonly PoolStats[];
  /** Access and event lines lost because whoever reads the log was too slow or gone. */
  readonly logLinesDropped: number;
}

/** The figures as they are now. */
export function readStats(
  { admission, capacity, totals, lanes, journal, listeners, pools }: Assembly,
  state: LifecycleState,
): Stats {
  return {
    state,
    sessions: { active: admission.processActive, limit: capacity.sessions },
    listeners: listeners.map(({ name, pool, slot }) => ({
      name,
      pool,
      active: admission.listenerActive(slot),
      ...lanes.counts(name),
    })),
    pools: [...pools.values()].map((pool, slot) => readPool(pool, slot, totals)),
    logLinesDropped: journal.droppedCount,
  };
}

function readPool(pool: ControlPool, slot: number, totals: Assembly["totals"]): PoolStats {
  return {
    name: pool.name,
    usable: pool.usableCount(),
    retries: totals.retries(slot),
    histograms: {
      dial: totals.histogram(slot, "dial"),
      firstByte: totals.histogram(slot, "firstByte"),
      session: totals.histogram(slot, "session"),
    },
    backends: pool.backends(),
  };
}
