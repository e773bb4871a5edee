// What an admin address answers, made up: every figure that a test does not name is one that says nothing.

import type { ListenerAnswer, Overview, StatusAnswer } from "../../../src/admin/answers.ts";
import type { BackendStatus } from "../../../src/control/backend.ts";
import type { EndpointStatus } from "../../../src/control/endpoint.ts";
import type { Override } from "../../../src/control/override.ts";
import { NO_PROBES } from "../../../src/control/probe-counts.ts";
import type { PoolStats } from "../../../src/control/stats.ts";
import type { HistogramCounts } from "../../../src/session/counters.ts";

const NO_TIMES: HistogramCounts = { buckets: [], sumMs: 0, count: 0 };

export const AT = "2026-11-21T20:00:00.000Z";

export function statusOf(more: Partial<StatusAnswer> = {}): StatusAnswer {
  return {
    version: "0.1.0",
    node: "20.20.2",
    transport: "linux",
    instance: "1f3a",
    state: "running",
    draining: false,
    ready: true,
    readyWhen: "any-pool",
    startedAt: "2026-11-21T16:47:30.500Z",
    at: AT,
    sessions: { active: 12, limit: 9_930 },
    acceptPaused: false,
    workers: [
      { worker: 0, active: 6, restarts: 0, loopLagMs: 0.2, heartbeatAgeMs: 300 },
      { worker: 1, active: 6, restarts: 0, loopLagMs: 0.4, heartbeatAgeMs: 300 },
    ],
    config: {
      hash: "3f9a2b11c0ffee00",
      reloads: { ok: 2, failed: 0 },
      lastSuccessAt: "2026-11-21T19:57:00.000Z",
      lastError: null,
      restartRequired: [],
    },
    logLevel: "info",
    logLinesDropped: 0,
    dashboard: "read-write",
    ...more,
  };
}

export function listenerOf(name: string, more: Partial<ListenerAnswer> = {}): ListenerAnswer {
  return {
    name,
    pool: name,
    active: 0,
    ends: {},
    bytesUp: 0,
    bytesDown: 0,
    irregular: 0,
    answers: {},
    pools: [],
    addresses: ["127.0.0.1:80"],
    ...more,
  };
}

export function backendOf(name: string, more: Partial<BackendStatus> = {}): BackendStatus {
  return {
    dials: { ok: 0, refused: 0, timeout: 0, reset: 0, unreachable: 0, local: 0 },
    sessions: 0,
    bytesUp: 0,
    bytesDown: 0,
    ejections: 0,
    name,
    weight: 1,
    effectiveWeight: 1,
    backup: false,
    maxConnections: null,
    state: "ready",
    probes: NO_PROBES,
    override: null,
    active: 0,
    addresses: [endpointOf("10.0.0.1:8080")],
    ...more,
  };
}

export function endpointOf(address: string, more: Partial<EndpointStatus> = {}): EndpointStatus {
  return { address, state: "ready", lastProbe: "ok", probes: NO_PROBES, ejectedUntil: null, active: 0, ...more };
}

export function poolOf(name: string, backends: readonly BackendStatus[], more: Partial<PoolStats> = {}): PoolStats {
  return {
    name,
    usable: backends.filter(({ state }) => state === "ready").length,
    panic: false,
    retries: 0,
    queueLength: 0,
    histograms: { dial: NO_TIMES, firstByte: NO_TIMES, session: NO_TIMES, queue: NO_TIMES },
    backends,
    ...more,
  };
}

export function timesOf(count: number, meanMs: number): HistogramCounts {
  return { buckets: [], sumMs: count * meanMs, count };
}

export function overrideOf(pool: string, backend: string, more: Partial<Override> = {}): Override {
  return {
    pool,
    backend,
    membership: null,
    state: null,
    weight: null,
    maxConnections: null,
    by: "token",
    at: "2026-11-21T19:56:48.000Z",
    ...more,
  };
}

export function overviewOf(more: Partial<Overview> = {}): Overview {
  return {
    status: statusOf(),
    listeners: [listenerOf("web", { active: 12 })],
    pools: [poolOf("web", [backendOf("b1"), backendOf("b2")])],
    overrides: [],
    ...more,
  };
}
