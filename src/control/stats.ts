// The figures of a running balancer: what the metrics are made of.

import type { TransportName } from "../config/options.ts";
import { isoTime } from "../observe/iso-time.ts";
import type { HistogramCounts, HistogramName } from "../session/counters.ts";
import type { EndReason } from "../session/end.ts";
import type { Assembly } from "./assembly.ts";
import type { BackendStatus } from "./backend.ts";
import type { LaneStats } from "./lanes.ts";
import type { Lifecycle, LifecycleState } from "./lifecycle.ts";
import type { ConfigStats } from "./reloads.ts";

/** The figures of a listener. */
export interface ListenerStats {
  readonly name: string;
  /** When no route matches; null where that is rejected. */
  readonly pool: string | null;
  readonly active: number;
  /** Sessions that have ended, by how; ends that have not happened are left out. */
  readonly ends: Readonly<Partial<Record<EndReason, number>>>;
  /** Client to backend, of sessions that have ended; here and below. */
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
  /** Dials after a session's first. */
  readonly retries: number;
  /** Sessions that wait because every backend is full. */
  readonly queueLength: number;
  /** Milliseconds: from the first dial to a connected backend, from there to its first byte, whole sessions, and waits in the queue. */
  readonly histograms: Readonly<Record<HistogramName, HistogramCounts>>;
  readonly backends: readonly BackendStatus[];
}

/** A thread that carries sessions, or the caller's own. */
export interface WorkerStats {
  readonly worker: number;
  /** Sessions now. */
  readonly active: number;
  /** How often another thread has taken its place. */
  readonly restarts: number;
  /** By how much its loop was late at its last beat, at least. Milliseconds, here and below. */
  readonly loopLagMs: number;
  /** Since its loop last ran; it does so at least once a second. */
  readonly heartbeatAgeMs: number;
}

/** Everything is counted since `start`; nothing ever counts backwards. */
export interface Stats {
  readonly state: LifecycleState;
  /** `net` or `linux`. */
  readonly transport: TransportName;
  /** Distinguishes this process from others, in session ids and in what it reports. */
  readonly instance: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Whether clients wait in the kernel, or are turned away, because the process is full. */
  readonly acceptPaused: boolean;
  readonly workers: readonly WorkerStats[];
  readonly sessions: { readonly active: number; readonly limit: number };
  readonly listeners: readonly ListenerStats[];
  readonly pools: readonly PoolStats[];
  readonly config: ConfigStats;
  /** Access and event lines lost because whoever reads the log was too slow or gone. */
  readonly logLinesDropped: number;
}

/** The figures as they are now. */
export function readStats(assembly: Assembly, { state, config }: Pick<Lifecycle, "state" | "config">): Stats {
  const { admission, capacity, dataPlane, instance, journal, roster } = assembly;
  return {
    state,
    transport: dataPlane.transport,
    instance,
    startedAt: isoTime(0),
    acceptPaused: admission.isFull,
    workers: dataPlane.sessions.map((_, worker) => ({
      worker,
      active: 0,
      restarts: 0,
      loopLagMs: 0,
      heartbeatAgeMs: 0,
    })),
    sessions: { active: admission.processActive, limit: capacity.sessions },
    listeners: roster.listeners.map(({ name, pool, slot }) => ({
      name,
      pool: pool ?? null,
      active: admission.listenerActive(slot),
      ...roster.listenerCounts(name),
    })),
    pools: [...roster.pools.values()].map((pool) => ({
      name: pool.name,
      usable: pool.usableCount(),
      queueLength: pool.line.length,
      ...roster.poolCounts(pool.name),
      backends: pool.backends(),
    })),
    config,
    logLinesDropped: journal.droppedCount,
  };
}
