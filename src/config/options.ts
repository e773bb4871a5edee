// What a user of the library writes. Durations are milliseconds and say so in their names; "off" switches off.
// `resolve` (resolve.ts) turns it into a Config in which every default is filled in.

import type { PolicyFunction, PolicyName } from "../balance/policy.ts";
import type { RouteFunction } from "../route/rule.ts";
import type { AccessOptions, PerClientOptions } from "./access-options.ts";
import type { OnDown, OnDrainOptions, OnUp, SlowStartOptions } from "./health-options.ts";
import type { ForwardedHeaders, ForwardedOptions, HttpKeepAlive, PeekOptions, PeekWord } from "./peek-options.ts";
import type { ProbeOptions } from "./probe-options.ts";
import type { AcceptProxyOptions, ProxyVersion, SendProxyOptions } from "./proxy-options.ts";
import type { RouteOptions } from "./route-options.ts";
import type { WebhookOptions } from "./webhook-options.ts";

/** A duration in milliseconds, or `"off"`. */
export type MsOrOff = number | "off";

/** Takes a backend out of rotation because dials to it failed. */
export interface EjectionOptions {
  /** Failed dials that eject. 1 to 1,000, default 3. */
  readonly failures?: number;
  /** The window in which they are counted. Milliseconds, 10 to 86,400,000 (as the two below), default 10,000. */
  readonly withinMs?: number;
  /** The first ejection; each that follows is twice as long. Milliseconds, default 10,000. */
  readonly firstMs?: number;
  /** The longest ejection. Milliseconds, at least firstMs, default 300,000, or firstMs where that is longer. */
  readonly longestMs?: number;
}

export interface BackendOptions {
  /**
   * `host:port`, `ip:port`, `[ip]:port` or `unix:/path`; `http://host:port` and `tcp://host:port` mean the same. Every
   * address of a name is a row of this backend.
   */
  readonly address: string;
  /** Its name in logs and at run time, default its address. Letters, digits and `. _ : - [ ] / %`. */
  readonly name?: string;
  /** Share of the sessions relative to the others. 0 (no new sessions) to 256, default 1. */
  readonly weight?: number;
  /** Serves only when no other backend of the pool can. Default false. */
  readonly backup?: boolean;
  /** Sessions at once, for each address of the backend. 1 to 1,000,000,000; `"off"` by default. */
  readonly maxConnections?: number | "off";
  /** Which addresses of its name serve: all of them (the default), or the first. */
  readonly resolve?: ResolveMode;
}

/** Sessions that wait while every backend of a pool is at its limit: first come, first served. */
export interface QueueOptions {
  /** How many may wait. 1 to 1,000,000. */
  readonly limit: number;
  /** Longest wait. Milliseconds, 10 to 2,073,600,000, default 5,000. */
  readonly timeoutMs?: number;
}

export const resolveModes = ["all", "first"] as const;
export type ResolveMode = (typeof resolveModes)[number];

export const onRemoveModes = ["drain", "close"] as const;
/** `drain`: sessions of a removed backend may finish. `close`: they are reset, as backend-removed. */
export type OnRemove = (typeof onRemoveModes)[number];

export interface PoolOptions {
  readonly backends: readonly (string | BackendOptions)[];
  /** How the pool picks, default least-connections. */
  readonly policy?: PolicyName | PolicyFunction;
  /** Longest time for one dial. Milliseconds, 10 to 600,000, default 3,000. */
  readonly dialTimeoutMs?: number;
  /** Longest time for all dials of a session together. Milliseconds, 10 to 600,000, default 10,000. */
  readonly dialDeadlineMs?: number;
  /** Different backends that a session tries. 1 to 100, default 3. */
  readonly attempts?: number;
  readonly probe?: ProbeOptions | "off";
  readonly ejection?: EjectionOptions | "off";
  /** How often names are looked up. Milliseconds, 100 to 86,400,000, default 10,000. */
  readonly resolveIntervalMs?: number;
  /** Tells backends the client's address by a PROXY header. Default off. */
  readonly sendProxy?: ProxyVersion | SendProxyOptions | "off";
  /** Local IP addresses to dial from, in turn. Default: the system chooses. */
  readonly source?: string | readonly string[];
  /** Default off: where every backend is full, a session ends as over-limit. */
  readonly queue?: QueueOptions | "off";
  /** What happens to the sessions of a backend that is removed, by a reload or at run time. Default drain. */
  readonly onRemove?: OnRemove;
  /** Default off: a backend that has returned, or was added, has its whole weight at once. */
  readonly slowStart?: SlowStartOptions | "off";
  /**
   * With fewer healthy addresses than this share of those that an operator lets serve, backups included, health and
   * ejection are ignored: sessions are spread over all, and onDown closes nothing. 0 to 1, default off.
   */
  readonly panicBelow?: number | "off";
  /** What happens to the sessions of a backend that probes have found down. Default keep. */
  readonly onDown?: OnDown;
  /** What happens to the sessions of backups when another backend serves again. Default keep. */
  readonly onUp?: OnUp;
  /** When the sessions of a backend that is drained or in maintenance are reset. Default keep: they may finish. */
  readonly onDrain?: OnDrainOptions | "keep";
}

export const dialModes = ["immediate", "on-data"] as const;
export type DialMode = (typeof dialModes)[number];

export interface ListenerOptions {
  /** `80`, `:80`, `host:80`, `[::1]:80`, `unix:/path`; port 0 takes a free one. */
  readonly listen: string | readonly string[];
  /** The pool it serves, when no route matches; may be left out when there is one pool only, or where there are routes. */
  readonly pool?: string;
  /** The first that matches decides. A function needs `workers: 0`. */
  readonly routes?: readonly (RouteOptions | RouteFunction)[];
  /** What is read of a client before its pool is picked. Default none. */
  readonly peek?: PeekWord | PeekOptions;
  /** Where HTTP is peeked: what becomes of a connection after its first request. Default close. */
  readonly httpKeepAlive?: HttpKeepAlive;
  /** Where HTTP is peeked and httpKeepAlive is close: the headers that name the client. Default x-forwarded. */
  readonly forwarded?: ForwardedHeaders | ForwardedOptions;
  /** Who may name a client by a PROXY header. Default off. */
  readonly acceptProxy?: AcceptProxyOptions | "off";
  readonly access?: AccessOptions;
  readonly perClient?: PerClientOptions;
  /** Sessions at once on this listener. 1 to 1,000,000,000; off by default. */
  readonly maxConnections?: number | "off";
  /** When a backend is dialled: at once, or when the client has sent its first byte. Default immediate. */
  readonly dial?: DialMode;
  /**
   * No byte in either direction for this long resets both sides. Milliseconds, 10 to 2,073,600,000 (24 days; so the two
   * below), default 3,600,000.
   */
  readonly idleTimeoutMs?: MsOrOff;
  /** As idleTimeoutMs, once one side has finished. Milliseconds, default 60,000. */
  readonly halfCloseTimeoutMs?: MsOrOff;
  /** A session older than this is reset. Milliseconds, off by default. */
  readonly maxLifetimeMs?: MsOrOff;
  /** By how much of it a session may be reset earlier, by chance, so that not all go at once. 0 to 1, default 0. */
  readonly maxLifetimeJitter?: number;
  /** Connections that the kernel keeps waiting to be accepted. 1 to 65,535, default 4,096. */
  readonly backlog?: number;
  /** Silence after which TCP asks whether the other side is still there. 1,000 to 32,767,000 ms, default 60,000. */
  readonly tcpKeepaliveMs?: MsOrOff;
  /**
   * What was sent and not acknowledged for so long makes a side lost (TCP_USER_TIMEOUT). 1,000 to 2,073,600,000 ms, off
   * by default: the system's own limit. On the linux transport only.
   */
  readonly tcpUserTimeoutMs?: MsOrOff;
}

export const transportChoices = ["auto", "net", "linux"] as const;
export type TransportChoice = (typeof transportChoices)[number];
/** How sockets are driven: `net` is Node's own, `linux` an event loop over system calls. */
export type TransportName = Exclude<TransportChoice, "auto">;

export const logLevels = ["trace", "debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

export const logFormats = ["json", "pretty"] as const;
export type LogFormat = (typeof logFormats)[number];

export const accessLogs = ["all", "errors", "off"] as const;
export type AccessLog = (typeof accessLogs)[number];

export interface LogOptions {
  /** Default info. Access lines obey it too: their level is info, or warn where the end was not orderly. */
  readonly level?: LogLevel;
  /** Default json; pretty is for people. */
  readonly format?: LogFormat;
  /** `"stdout"` (the default), `"stderr"`, or a file's path. */
  readonly output?: string;
  /** Which sessions get an access line: all (the default), only those whose end was not orderly, or none. */
  readonly access?: AccessLog;
  /** Sessions that get none all the same. */
  readonly ignore?: LogIgnoreOptions;
  /**
   * A session that lives so long gets a `progress` line, and then another each time, with `access` `all`: 1,000 to
   * 2,073,600,000, within a second or so. Default off.
   */
  readonly accessIntervalMs?: MsOrOff;
}

export interface LogIgnoreOptions {
  /** Those that a client ended without a byte in either direction: TCP checkers and scanners. Default false. */
  readonly empty?: boolean;
  /** Those of these addresses and CIDRs. Default none. */
  readonly clients?: readonly string[];
}

/** Every address of a name, as IP addresses; rejects when there is none. */
export type Lookup = (name: string) => Promise<readonly string[]>;

/** 1 to 1,023 listeners and 1 to 1,024 pools. Their names: up to 64 letters, digits and `. _ -`, the first a letter or a digit. */
export interface BalancerOptions {
  readonly listeners: Readonly<Record<string, ListenerOptions>>;
  readonly pools: Readonly<Record<string, PoolOptions>>;
  /** Sessions at once in the process, 1 to 1,000,000,000; `"auto"` (the default) derives it from the descriptor limit. */
  readonly maxConnections?: number | "auto";
  /**
   * Threads that carry sessions. 0 (the default) carries them in the caller's thread, on the net transport; `"auto"` is one
   * for each core that this process may use; at most 256. Pools whose policy is a function need 0.
   */
  readonly workers?: number | "auto";
  /** How workers drive sockets. `"auto"` (the default) takes `linux` where it works, and `net` elsewhere. */
  readonly transport?: TransportChoice;
  /** Default off: a library is silent unless asked. */
  readonly log?: LogOptions | "off";
  /** Who is told of backends' changes, beside the log. Default: nobody. */
  readonly webhook?: WebhookOptions;
  /** How names are looked up; by default through the system (hosts file, search domains). */
  readonly lookup?: Lookup;
}
