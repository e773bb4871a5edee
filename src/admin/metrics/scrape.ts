// What one scrape reads: the figures of one moment, with the labels of each.

import type { BackendStatus } from "../../control/backend.ts";
import type { LaneStats } from "../../control/lanes.ts";
import type { ListenerStats, PoolStats, Stats } from "../../control/stats.ts";
import { labelText } from "./labels.ts";

export interface Labelled<Figures> {
  /** As text. */
  readonly labels: string;
  readonly figures: Figures;
}

export interface Scrape {
  readonly stats: Stats;
  readonly listeners: readonly Labelled<ListenerStats>[];
  /** A listener together with a pool; the pool is empty for sessions that went to none. */
  readonly lanes: readonly Labelled<LaneStats>[];
  readonly pools: readonly Labelled<PoolStats>[];
  readonly backends: readonly Labelled<BackendStatus>[];
}

export function scrapeOf(stats: Stats): Scrape {
  return {
    stats,
    listeners: stats.listeners.map((figures) => ({ labels: labelText({ listener: figures.name }), figures })),
    lanes: stats.listeners.flatMap(({ name, pools }) =>
      pools.map((figures) => ({ labels: labelText({ listener: name, pool: figures.pool ?? "" }), figures })),
    ),
    pools: stats.pools.map((figures) => ({ labels: labelText({ pool: figures.name }), figures })),
    backends: stats.pools.flatMap(({ name, backends }) =>
      backends.map((figures) => ({ labels: labelText({ pool: name, backend: figures.name }), figures })),
    ),
  };
}
