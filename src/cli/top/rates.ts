// How fast things go: what was counted between two overviews, by the second.

import type { Overview } from "../../admin/answers.ts";
import type { HistogramCounts } from "../../session/counters.ts";
import { endedCount, failedCount } from "../ctl/looking.ts";
import { msBetween } from "../text/moment.ts";

/** A second's worth of each. */
export interface ListenerRates {
  readonly ended: number;
  readonly failed: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

export interface BackendRates {
  readonly sessions: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

/** Means of what ended in between; undefined where nothing has. */
export interface PoolTimes {
  readonly dialMs: number | undefined;
  readonly firstByteMs: number | undefined;
}

export interface Rates {
  readonly all: ListenerRates;
  readonly listeners: ReadonlyMap<string, ListenerRates>;
  readonly pools: ReadonlyMap<string, PoolTimes>;
  /** By `pool/backend`. */
  readonly backends: ReadonlyMap<string, BackendRates>;
}

/** Undefined where no time is between them, or they are of two processes. */
export function ratesBetween(before: Overview, after: Overview): Rates | undefined {
  const seconds = msBetween(before.status.at, after.status.at) / 1000;
  if (seconds <= 0 || before.status.instance !== after.status.instance) return undefined;
  // What is new has counted from 0; what was removed and came back counts anew.
  const perSecond = (now: number, then: number | undefined): number => Math.max(0, now - (then ?? 0)) / seconds;
  const listenersBefore = new Map(before.listeners.map((listener) => [listener.name, listener]));
  const listeners = new Map(
    after.listeners.map((listener) => {
      const then = listenersBefore.get(listener.name);
      const rates: ListenerRates = {
        ended: perSecond(endedCount(listener), then && endedCount(then)),
        failed: perSecond(failedCount(listener), then && failedCount(then)),
        bytesUp: perSecond(listener.bytesUp, then?.bytesUp),
        bytesDown: perSecond(listener.bytesDown, then?.bytesDown),
      };
      return [listener.name, rates];
    }),
  );
  const poolsBefore = new Map(before.pools.map((pool) => [pool.name, pool]));
  const pools = new Map<string, PoolTimes>();
  const backends = new Map<string, BackendRates>();
  for (const pool of after.pools) {
    const then = poolsBefore.get(pool.name);
    pools.set(pool.name, {
      dialMs: meanBetween(then?.histograms.dial, pool.histograms.dial),
      firstByteMs: meanBetween(then?.histograms.firstByte, pool.histograms.firstByte),
    });
    const backendsBefore = new Map((then?.backends ?? []).map((backend) => [backend.name, backend]));
    for (const backend of pool.backends) {
      const was = backendsBefore.get(backend.name);
      backends.set(`${pool.name}/${backend.name}`, {
        sessions: perSecond(backend.sessions, was?.sessions),
        bytesUp: perSecond(backend.bytesUp, was?.bytesUp),
        bytesDown: perSecond(backend.bytesDown, was?.bytesDown),
      });
    }
  }
  return { all: [...listeners.values()].reduce(addRates, NONE), listeners, pools, backends };
}

const NONE: ListenerRates = { ended: 0, failed: 0, bytesUp: 0, bytesDown: 0 };

function addRates(one: ListenerRates, other: ListenerRates): ListenerRates {
  return {
    ended: one.ended + other.ended,
    failed: one.failed + other.failed,
    bytesUp: one.bytesUp + other.bytesUp,
    bytesDown: one.bytesDown + other.bytesDown,
  };
}

function meanBetween(before: HistogramCounts | undefined, after: HistogramCounts): number | undefined {
  const count = after.count - (before?.count ?? 0);
  return count > 0 ? Math.max(0, after.sumMs - (before?.sumMs ?? 0)) / count : undefined;
}
