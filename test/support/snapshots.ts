// What a data plane runs on, as the control plane would give it.

import type { BackendRow, PoolSnapshot } from "../../src/backend/pool.ts";
import type { ListenerSnapshot } from "../../src/session/context.ts";
import { formatAddress, type SocketAddress } from "../../src/wire/address.ts";

const POOL = "main";

/** Where the backend of that row is. */
export function backendAddress(row: number): SocketAddress {
  return { kind: "ip", ip: "10.0.0.1", port: 9_000 + row };
}

function backendRow(row: number, pool: string): BackendRow {
  const address = backendAddress(row);
  return {
    row,
    generation: 1,
    name: `b${row}`,
    identity: `${pool}/b${row}`,
    address,
    addressText: formatAddress(address),
    weight: 1,
    backup: false,
  };
}

export function listenerSnapshot(change: Partial<ListenerSnapshot> = {}): ListenerSnapshot {
  return {
    name: "front",
    pool: POOL,
    routes: [],
    peek: undefined,
    httpKeepAlive: "close",
    forwarded: { headers: "x-forwarded", trust: [] },
    acceptProxy: undefined,
    dial: "immediate",
    idleTimeoutMs: 3_600_000,
    halfCloseTimeoutMs: 60_000,
    maxLifetimeMs: Number.POSITIVE_INFINITY,
    maxLifetimeJitter: 0,
    maxConnections: Number.POSITIVE_INFINITY,
    access: undefined,
    perClient: undefined,
    backlog: 128,
    keepaliveMs: 60_000,
    userTimeoutMs: Number.POSITIVE_INFINITY,
    slot: 0,
    revision: 1,
    lanes: {},
    lane: 0,
    ...change,
  };
}

export function poolSnapshot(rows: readonly number[], change: Partial<PoolSnapshot> = {}): PoolSnapshot {
  const name = change.name ?? POOL;
  return {
    name,
    policy: "least-connections",
    rows: rows.map((row) => backendRow(row, name)),
    dialTimeoutMs: 3_000,
    dialDeadlineMs: 10_000,
    attempts: 3,
    ejection: undefined,
    queue: undefined,
    slowStart: undefined,
    panicBelow: undefined,
    counterSlot: 0,
    sendProxy: undefined,
    source: [],
    ...change,
  };
}
