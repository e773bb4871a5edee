// What a new configuration changes of an old one. Pure: what is done about it is decided elsewhere.

import { isDeepStrictEqual } from "node:util";
import { formatAddress } from "../wire/address.ts";
import type { AdminOptions } from "./admin-options.ts";
import type { BackendConfig, Config, ListenerConfig, LogConfig, PoolConfig } from "./config.ts";
import { optionPath } from "./option-path.ts";

/** A backend that is in both, and not the same. */
export interface BackendChange {
  readonly before: BackendConfig;
  readonly after: BackendConfig;
}

/** A pool that is in both, and not the same. */
export interface PoolChange {
  readonly before: PoolConfig;
  readonly after: PoolConfig;
  readonly added: readonly BackendConfig[];
  readonly removed: readonly BackendConfig[];
  readonly changed: readonly BackendChange[];
}

export interface ConfigDiff {
  /** The new configuration, but with the old values of what needs a restart. */
  readonly config: Config;
  /** Paths of options whose new value needs a restart, in order. */
  readonly restartRequired: readonly string[];
  readonly listeners: {
    readonly added: readonly ListenerConfig[];
    readonly removed: readonly ListenerConfig[];
    readonly changed: readonly ListenerConfig[];
  };
  readonly pools: {
    readonly added: readonly PoolConfig[];
    readonly removed: readonly PoolConfig[];
    readonly changed: readonly PoolChange[];
  };
}

/** What the size of shared memory, the threads and the log's file hang on. */
const PROCESS_KEYS = ["maxConnections", "workers", "transport"] as const satisfies readonly (keyof Config)[];
/** What a listening socket is given when it is opened: it stays open. */
const SOCKET_KEYS = [
  "backlog",
  "tcpKeepaliveMs",
  "tcpUserTimeoutMs",
] as const satisfies readonly (keyof ListenerConfig)[];
const LOG_KEYS = [
  "level",
  "format",
  "output",
  "access",
  "ignore",
  "accessIntervalMs",
] as const satisfies readonly (keyof LogConfig)[];

const ADMIN_KEYS = [
  "listen",
  "tokenFile",
  "metrics",
  "dashboard",
  "readyWhen",
] as const satisfies readonly (keyof AdminOptions)[];

/** Option paths that take effect at the next start only; `*` is any listener. For documentation. */
export const restartKeys: readonly string[] = [
  ...PROCESS_KEYS,
  ...ADMIN_KEYS.map((key) => `admin.${key}`),
  ...LOG_KEYS.map((key) => `log.${key}`),
  ...SOCKET_KEYS.map((key) => `listeners.*.${key}`),
];

/** Compares two configurations. What is equal, functions included, is in none of the lists. */
export function diffConfig(before: Config, after: Config): ConfigDiff {
  const oldListeners = byName(before.listeners);
  const listeners = after.listeners.map((listener) => keptSocket(oldListeners.get(listener.name), listener));
  const { maxConnections, workers, transport, log } = before;
  return {
    config: { ...after, listeners, maxConnections, workers, transport, log },
    restartRequired: [
      ...PROCESS_KEYS.filter((key) => before[key] !== after[key]),
      ...logKeys(before.log, after.log),
      ...after.listeners.flatMap((listener) => socketKeys(oldListeners.get(listener.name), listener)),
    ],
    listeners: {
      ...membership(before.listeners, listeners),
      changed: listeners.filter((listener) => differs(oldListeners.get(listener.name), listener)),
    },
    pools: { ...membership(before.pools, after.pools), changed: poolChanges(before.pools, after.pools) },
  };
}

/** Which options of the admin address are others than at the start: it stays what it was. */
export function adminRestarts(before: AdminOptions | undefined, after: AdminOptions | undefined): readonly string[] {
  if (before === undefined || after === undefined) return before === after ? [] : ["admin"];
  return ADMIN_KEYS.filter((key) => !isDeepStrictEqual(before[key], after[key])).map((key) => `admin.${key}`);
}

/** The change from one version of a pool to another. */
export function diffPool(before: PoolConfig, after: PoolConfig): PoolChange {
  const old = byName(before.backends);
  const changed = after.backends.flatMap((backend): BackendChange[] => {
    const known = old.get(backend.name);
    return known !== undefined && differs(known, backend) ? [{ before: known, after: backend }] : [];
  });
  return { before, after, ...membership(before.backends, after.backends), changed };
}

/** Whether a backend is where it was: then it keeps its sessions, its health and its counts. */
export function isSamePlace(one: BackendConfig, other: BackendConfig): boolean {
  return formatAddress(one.address) === formatAddress(other.address);
}

function poolChanges(before: readonly PoolConfig[], after: readonly PoolConfig[]): readonly PoolChange[] {
  const old = byName(before);
  return after.flatMap((pool) => {
    const known = old.get(pool.name);
    return known !== undefined && differs(known, pool) ? [diffPool(known, pool)] : [];
  });
}

function membership<Named extends { readonly name: string }>(
  before: readonly Named[],
  after: readonly Named[],
): { readonly added: readonly Named[]; readonly removed: readonly Named[] } {
  const old = byName(before);
  const next = byName(after);
  return {
    added: after.filter(({ name }) => !old.has(name)),
    removed: before.filter(({ name }) => !next.has(name)),
  };
}

function keptSocket(before: ListenerConfig | undefined, after: ListenerConfig): ListenerConfig {
  if (before === undefined) return after;
  const { backlog, tcpKeepaliveMs, tcpUserTimeoutMs } = before;
  return { ...after, backlog, tcpKeepaliveMs, tcpUserTimeoutMs };
}

function socketKeys(before: ListenerConfig | undefined, after: ListenerConfig): readonly string[] {
  if (before === undefined) return [];
  return SOCKET_KEYS.filter((key) => before[key] !== after[key]).map((key) =>
    optionPath(["listeners", after.name, key]),
  );
}

function logKeys(before: LogConfig | undefined, after: LogConfig | undefined): readonly string[] {
  if (before === undefined || after === undefined) return before === after ? [] : ["log"];
  return LOG_KEYS.filter((key) => !isDeepStrictEqual(before[key], after[key])).map((key) => `log.${key}`);
}

/** Undefined differs from nothing: what is new has not changed. */
function differs<Value>(before: Value | undefined, after: Value): boolean {
  return before !== undefined && !isDeepStrictEqual(before, after);
}

function byName<Named extends { readonly name: string }>(all: readonly Named[]): ReadonlyMap<string, Named> {
  return new Map(all.map((each) => [each.name, each]));
}
