// Figures as a balancer has them, of which a test says only what it is about.

import { definitionsOf } from "../../../src/admin/metrics/metrics.ts";
import { scrapeOf } from "../../../src/admin/metrics/scrape.ts";
import type { BackendStatus } from "../../../src/control/backend.ts";
import { NO_PROBES } from "../../../src/control/probe-counts.ts";
import type { ListenerStats, PoolStats, Stats } from "../../../src/control/stats.ts";
import { ZERO_LANE } from "../../../src/session/lane-counts.ts";
import { NOTHING_COUNTED } from "../../../src/session/pool-counts.ts";
import { ZERO_COUNTS } from "../../../src/session/row-counts.ts";
import { parseLabels } from "./exposition.ts";

export function statsOf(some: Partial<Stats> = {}): Stats {
  return {
    state: "running",
    transport: "linux",
    instance: "abc123",
    startedAt: "2026-01-01T00:00:00.000Z",
    acceptPaused: false,
    workers: [],
    sessions: { active: 0, limit: 1_000 },
    listeners: [],
    pools: [],
    departed: [],
    config: {
      hash: "0123456789abcdef",
      reloads: { ok: 0, failed: 0 },
      lastSuccessAt: "2026-01-01T00:00:00.000Z",
      lastError: null,
      restartRequired: [],
    },
    logLinesDropped: 0,
    ...some,
  };
}

export function listenerOf(some: Partial<ListenerStats> = {}): ListenerStats {
  return { name: "web", pool: "web", active: 0, ...ZERO_LANE, pools: [], ...some };
}

export function poolOf(some: Partial<PoolStats> = {}): PoolStats {
  return { name: "web", usable: 0, panic: false, queueLength: 0, ...NOTHING_COUNTED, backends: [], ...some };
}

export function backendOf(some: Partial<BackendStatus> = {}): BackendStatus {
  return {
    ...ZERO_COUNTS,
    name: "a",
    weight: 1,
    effectiveWeight: 1,
    backup: false,
    maxConnections: null,
    state: "ready",
    probes: NO_PROBES,
    override: null,
    active: 0,
    addresses: [],
    ...some,
  };
}

/** A sample with its labels one by one. */
export interface ReadSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What one metric says about figures. */
export function samplesOf(name: string, stats: Partial<Stats>): readonly ReadSample[] {
  const definition = definitionsOf("1.2.3").find((each) => each.name === name);
  if (definition === undefined) throw new Error(`there is no metric ${name}`);
  return definition.read(scrapeOf(statsOf(stats))).map((sample) => ({ ...sample, labels: parseLabels(sample.labels) }));
}
