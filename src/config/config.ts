// What the program runs on: every default filled in, every address parsed, nothing optional. Only `resolve` makes one.

import type { PolicyFunction, PolicyName } from "../balance/policy.ts";
import type { Address } from "../wire/address.ts";
import type { AccessLog, DialMode, LogFormat, LogLevel, Lookup, ProbeFunction, TransportChoice } from "./options.ts";

export interface ProbeConfig {
  readonly type: "tcp" | ProbeFunction;
  readonly intervalMs: number;
  readonly intervalChangingMs: number;
  readonly timeoutMs: number;
  readonly rise: number;
  readonly fall: number;
}

export interface EjectionConfig {
  readonly failures: number;
  readonly withinMs: number;
  readonly firstMs: number;
  readonly longestMs: number;
}

export interface BackendConfig {
  readonly name: string;
  readonly address: Address;
  readonly weight: number;
  readonly backup: boolean;
  /** Infinity where there is no limit. */
  readonly maxConnections: number;
}

export interface PoolConfig {
  readonly name: string;
  readonly backends: readonly BackendConfig[];
  readonly policy: PolicyName | PolicyFunction;
  readonly dialTimeoutMs: number;
  readonly dialDeadlineMs: number;
  readonly attempts: number;
  readonly probe: ProbeConfig | undefined;
  readonly ejection: EjectionConfig | undefined;
  readonly resolveIntervalMs: number;
}

export interface ListenerConfig {
  readonly name: string;
  readonly listen: readonly Address[];
  readonly pool: string;
  readonly dial: DialMode;
  /** Infinity where it is off, here and below. */
  readonly idleTimeoutMs: number;
  readonly halfCloseTimeoutMs: number;
  readonly maxLifetimeMs: number;
  readonly backlog: number;
  readonly tcpKeepaliveMs: number;
  readonly tcpUserTimeoutMs: number;
}

export interface LogConfig {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly output: string;
  readonly access: AccessLog;
}

export interface Config {
  readonly listeners: readonly ListenerConfig[];
  readonly pools: readonly PoolConfig[];
  readonly maxConnections: number | "auto";
  /** 0: none, but the caller's thread. */
  readonly workers: number | "auto";
  readonly transport: TransportChoice;
  readonly log: LogConfig | undefined;
  readonly lookup: Lookup | undefined;
}
