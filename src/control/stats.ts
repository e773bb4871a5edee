// The figures of a running balancer: what the metrics are made of.

import type { TransportName } from "../config/options.ts";
import { isoTime } from "../observe/iso-time.ts";
import type { HistogramCounts, HistogramName } from "../session/counters.ts";
import type { EndReason } from "../session/end.ts";
import type { Assembly } from "./assembly.ts";
import type { BackendStatus } from "./backend.ts";
import { type DepartedBackend, remainsOf } from "./departed.ts";
import type { LaneStats } from "./lanes.ts";
import type { Lifecycle, LifecycleState } from "./lifecycle.ts";
import type { ConfigStats } from "./reloads.ts";
import type { WorkerStats } from "./worker-stats.ts";

export type { WorkerStats };

/** The figures of a listener. */
export interface ListenerStats {
  readonly name: string;
  /** When no route matches; null where that is rejected. */
  readonly pool: string | null;
  readonly active: number;
  /** Sessions that have ended, by how; ends that have not happened are left out. */
  readonly ends: Readonly<Partial<Record<EndReason, number>>>;
  /** Client to backend, what has come of those that live included, as of about a second ago; here and below. */
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** Requests that two servers may read differently, whether they were served or not. */
  readonly irregular: number;
  /** HTTP answers of lb-tcp's own, by status; those that were not given are left out. */
  readonly answers: Readonly<Record<number, number>>;
  /** The same by the pool that the sessions went to. */
  readonly pools: readonly LaneStats[];
}

/** The figures of a pool. */
export interface PoolStats {
  readonly name: string;
  /** Addresses that can take new sessions. */
  readonly usable: number;
  /** Whether so few are healthy that health and ejection are ignored: panic-below. */
  readonly panic: boolean;
  /** Dials after a session's first. */
  readonly retries: number;
  /** Sessions that wait because every backend is full. */
  readonly queueLength: number;
  /** Milliseconds: from the first dial to a connected backend, from there to its first byte, whole sessions, and waits in the queue. */
  readonly histograms: Readonly<Record<HistogramName, HistogramCounts>>;
  readonly backends: readonly BackendStatus[];
}

/** Everything is counted since `start`; nothing ever counts backwards. */
export interface Stats {
  readonly state: LifecycleState;
  /** `net` or `linux`. */
  readonly transport: TransportName;
  /** Distinguishes this process from others, in session ids and in what it reports. */
  readonly instance: string;
  /** When `start` was called; before that, when it was made. ISO 8601, UTC. */
  readonly startedAt: string;
  /**
   * On linux: whether clients wait in the kernel because the process or their listener is full. On net: whether they are
   * turned away because the process is full.
   */
  readonly acceptPaused: boolean;
  readonly workers: readonly WorkerStats[];
  readonly sessions: { readonly active: number; readonly limit: number };
  readonly listeners: readonly ListenerStats[];
  readonly pools: readonly PoolStats[];
  /** Backends that were removed, until 15 minutes after their last session. */
  readonly departed: readonly DepartedBackend[];
  readonly config: ConfigStats;
  /** Access and event lines lost because whoever reads the log was too slow or gone. */
  readonly logLinesDropped: number;
}

/** Stats without those of backends: of a thousand of them, these are most of the work. */
export interface Summary extends Omit<Stats, "pools" | "departed"> {
  readonly pools: readonly Pick<PoolStats, "name" | "usable">[];
}

type Progress = Pick<Lifecycle, "state" | "startedAtMs" | "config">;

/** The figures as they are now. */
export function readStats(assembly: Assembly, progress: Progress): Stats {
  const pools = [...assembly.roster.pools.values()].map((pool) => ({
    name: pool.name,
    usable: pool.usableCount(),
    panic: pool.consequences.isPanic,
    queueLength: pool.line.length,
    ...assembly.roster.poolCounts(pool.name),
    backends: pool.backends(),
  }));
  return { ...readProcess(assembly, progress), pools, departed: departedOf(assembly, pools) };
}

/** The same in short. */
export function readSummary(assembly: Assembly, progress: Progress): Summary {
  const pools = [...assembly.roster.pools.values()].map((pool) => ({ name: pool.name, usable: pool.usableCount() }));
  return { ...readProcess(assembly, progress), pools };
}

function readProcess(assembly: Assembly, { state, startedAtMs, config }: Progress): Omit<Stats, "pools" | "departed"> {
  const { admission, capacity, clock, dataPlane, instance, journal, roster } = assembly;
  return {
    state,
    transport: dataPlane.transport,
    instance,
    startedAt: isoTime(startedAtMs),
    acceptPaused: isAcceptPaused(assembly),
    workers: dataPlane.workerStats(clock.nowMs()),
    sessions: { active: admission.processActive, limit: capacity.sessions },
    listeners: roster.listeners.map(({ name, pool, slot }) => ({
      name,
      pool: pool ?? null,
      active: admission.listenerActive(slot),
      ...roster.listenerCounts(name),
    })),
    config,
    logLinesDropped: journal.droppedCount,
  };
}

/** With those of pools that are leaving, to which sessions may still be on the way. */
function departedOf({ departed, roster }: Assembly, pools: readonly PoolStats[]): readonly DepartedBackend[] {
  const present = new Set(pools.flatMap(({ name, backends }) => backends.map((backend) => `${name}/${backend.name}`)));
  const leaving = [...roster.leavingPools.values()].flatMap((pool) =>
    pool.backends().map((backend) => remainsOf(pool.name, backend)),
  );
  for (const { pool, name } of leaving) present.add(`${pool}/${name}`);
  return [...leaving, ...departed.list((identity) => present.has(identity))];
}

function isAcceptPaused({ admission, dataPlane, roster }: Assembly): boolean {
  if (admission.isFull || dataPlane.transport === "net") return admission.isFull;
  return roster.listeners.some(({ slot, maxConnections }) => admission.isFullFor(slot, maxConnections));
}
