// What the program runs on: every default filled in, every address parsed, nothing optional. Only `resolve` makes one.

import type { PolicyFunction, PolicyName } from "../balance/policy.ts";
import type { RouteFunction, RouteRule } from "../route/rule.ts";
import type { Address } from "../wire/address.ts";
import type { OnDown, OnUp } from "./health-options.ts";
import type { Range } from "./limits.ts";
import type {
  AccessLog,
  DialMode,
  LogFormat,
  LogLevel,
  Lookup,
  OnRemove,
  ResolveMode,
  TransportChoice,
} from "./options.ts";
import type { ForwardedHeaders, HttpKeepAlive, PeekWord } from "./peek-options.ts";
import type { ProbeFunction } from "./probe-options.ts";
import type { AcceptProxyPolicy, ProxyVersion } from "./proxy-options.ts";
import type { WebhookEvent } from "./webhook-options.ts";

/** Which certificates are good. */
export interface ProbeTlsConfig {
  /** Undefined: the backend's own name or IP. */
  readonly serverName: string | undefined;
  /** Undefined: whom Node trusts. */
  readonly ca: { readonly file: string; readonly pem: string } | undefined;
  readonly verify: boolean;
}

/** `bytes` are sent as they are, or have to be in the answer. */
export type ProbeStep =
  | { readonly kind: "send"; readonly bytes: Uint8Array }
  | { readonly kind: "expect"; readonly bytes: Uint8Array }
  | { readonly kind: "expect-regex"; readonly source: string };

export interface HttpProbeConfig {
  readonly type: "http";
  readonly tls: ProbeTlsConfig | undefined;
  readonly method: string;
  readonly path: string;
  /** Undefined: the server name, or the backend's own name or IP. */
  readonly host: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly status: readonly Range[];
  readonly body: string | undefined;
}

/** What is asked. */
export type ProbeKind =
  | { readonly type: "tcp" | ProbeFunction }
  | { readonly type: "tls"; readonly tls: ProbeTlsConfig }
  | HttpProbeConfig
  | { readonly type: "script"; readonly tls: ProbeTlsConfig | undefined; readonly steps: readonly ProbeStep[] };

/** How often, for how long, and what follows. */
export interface ProbeRules {
  /** Undefined: the backend's own. */
  readonly port: number | undefined;
  readonly intervalMs: number;
  readonly intervalChangingMs: number;
  /** 0 to 0.5. */
  readonly jitter: number;
  readonly timeoutMs: number;
  readonly rise: number;
  readonly fall: number;
  readonly sendProxy: ProxyVersion | undefined;
}

export type ProbeConfig = ProbeKind & ProbeRules;

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
  readonly resolve: ResolveMode;
}

export interface SendProxyConfig {
  readonly version: ProxyVersion;
  readonly crc32c: boolean;
  readonly uniqueId: boolean;
  readonly authority: boolean;
  readonly alpn: boolean;
  readonly custom: readonly { readonly type: number; readonly value: string }[];
}

export interface QueueConfig {
  readonly limit: number;
  readonly timeoutMs: number;
}

export interface SlowStartConfig {
  readonly overMs: number;
  /** 0 to 1, here and below. */
  readonly from: number;
}

export interface OnDrainConfig {
  readonly afterMs: number;
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
  /** Undefined where it is off, here and below. */
  readonly sendProxy: SendProxyConfig | undefined;
  /** IP addresses; empty where the system chooses. */
  readonly source: readonly string[];
  readonly queue: QueueConfig | undefined;
  readonly onRemove: OnRemove;
  /** Undefined where it is off, here and below. */
  readonly slowStart: SlowStartConfig | undefined;
  readonly panicBelow: number | undefined;
  readonly onDown: OnDown;
  readonly onUp: OnUp;
  /** Undefined where sessions may finish. */
  readonly onDrain: OnDrainConfig | undefined;
}

export interface PeekConfig {
  readonly as: Exclude<PeekWord, "none">;
  readonly timeoutMs: number;
  readonly byteCount: number;
  readonly strict: boolean;
}

export interface ForwardedConfig {
  readonly headers: ForwardedHeaders;
  /** CIDRs, here and below. */
  readonly trust: readonly string[];
}

export interface AcceptProxyConfig {
  readonly from: readonly string[];
  readonly policy: AcceptProxyPolicy;
  readonly versions: readonly ProxyVersion[];
  readonly timeoutMs: number;
}

/** With what the files hold. */
export interface AccessConfig {
  /** Undefined: everybody. Empty: nobody. */
  readonly allow: readonly string[] | undefined;
  readonly deny: readonly string[];
}

export interface PerClientConfig {
  /** Infinity where there is no limit, here and below. */
  readonly maxConnections: number;
  readonly ratePerSecond: number;
  readonly burst: number;
  readonly ipv6Prefix: number;
  readonly tableSize: number;
}

export interface ListenerConfig {
  readonly name: string;
  readonly listen: readonly Address[];
  /** Undefined: what no route matches is rejected. */
  readonly pool: string | undefined;
  /** Functions only where there are no workers: the rest is plain data. */
  readonly routes: readonly (RouteRule | RouteFunction)[];
  readonly peek: PeekConfig | undefined;
  readonly httpKeepAlive: HttpKeepAlive;
  readonly forwarded: ForwardedConfig;
  readonly acceptProxy: AcceptProxyConfig | undefined;
  readonly access: AccessConfig | undefined;
  readonly perClient: PerClientConfig | undefined;
  /** Infinity where there is no limit. */
  readonly maxConnections: number;
  readonly dial: DialMode;
  /** Infinity where it is off, here and below. */
  readonly idleTimeoutMs: number;
  readonly halfCloseTimeoutMs: number;
  readonly maxLifetimeMs: number;
  /** 0 to 1: by how much of it a session may be reset earlier, by chance. */
  readonly maxLifetimeJitter: number;
  readonly backlog: number;
  readonly tcpKeepaliveMs: number;
  readonly tcpUserTimeoutMs: number;
}

export interface LogConfig {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly output: string;
  readonly access: AccessLog;
  readonly ignore: LogIgnoreConfig;
  /** Between two lines of a session that goes on; Infinity where it is off. */
  readonly accessIntervalMs: number;
}

/** Sessions that get no access line whatever `access` says. */
export interface LogIgnoreConfig {
  /** Those that a client ended without a byte in either direction. */
  readonly empty: boolean;
  /** CIDRs. */
  readonly clients: readonly string[];
}

export interface WebhookConfig {
  /** May hold a name and a password. */
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly timeoutMs: number;
  readonly queueLength: number;
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
  readonly webhook: WebhookConfig | undefined;
}
