// What one scrape reads: the figures of one moment, with the labels of each.

import type { BackendStatus } from "../../control/backend.ts";
import type { DepartedBackend } from "../../control/departed.ts";
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
  /** With those that were removed, until 15 minutes after their last session. */
  readonly counted: readonly Labelled<Omit<DepartedBackend, "pool">>[];
}

export function scrapeOf(stats: Stats): Scrape {
  const backends = stats.pools.flatMap(({ name, backends: members }) =>
    members.map((figures) => ({ labels: labelText({ pool: name, backend: figures.name }), figures })),
  );
  const departed = stats.departed.map((figures) => ({
    labels: labelText({ pool: figures.pool, backend: figures.name }),
    figures,
  }));
  return {
    stats,
    listeners: stats.listeners.map((figures) => ({ labels: labelText({ listener: figures.name }), figures })),
    lanes: stats.listeners.flatMap(({ name, pools }) =>
      pools.map((figures) => ({ labels: labelText({ listener: name, pool: figures.pool ?? "" }), figures })),
    ),
    pools: stats.pools.map((figures) => ({ labels: labelText({ pool: figures.name }), figures })),
    backends,
    counted: [...backends, ...departed],
  };
}
