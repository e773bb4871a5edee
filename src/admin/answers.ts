// What the admin address answers, as types: the server makes these, `ctl`, `top` and the dashboard read them.

import type { DashboardMode, ReadyWhen } from "../config/admin-options.ts";
import type { ListeningAddress } from "../control/addresses.ts";
import type { BackendStatus } from "../control/backend.ts";
import type { LifecycleState } from "../control/lifecycle.ts";
import type { Override } from "../control/override.ts";
import type { ConfigStats } from "../control/reloads.ts";
import type { LiveSession } from "../control/sessions.ts";
import type { ListenerStats, PoolStats, WorkerStats } from "../control/stats.ts";
import type { Problem } from "../errors.ts";
import type { AuditEvent, BackendEvent, ReloadEvent } from "../observe/events.ts";
import type { EndReason } from "../session/end.ts";

/** A page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Of the next page; null where there is none. */
  readonly cursor: string | null;
}

/** GET /api/v1/status */
export interface StatusAnswer {
  /** Of lb-tcp, and of Node. */
  readonly version: string;
  readonly node: string;
  readonly transport: "net" | "linux";
  readonly instance: string;
  readonly state: LifecycleState;
  /** From the signal on, the shutdown delay included. */
  readonly draining: boolean;
  readonly ready: boolean;
  readonly readyWhen: ReadyWhen;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly at: string;
  readonly sessions: { readonly active: number; readonly limit: number };
  readonly acceptPaused: boolean;
  readonly workers: readonly WorkerStats[];
  readonly config: ConfigStats;
  readonly logLevel: string;
  readonly logLinesDropped: number;
  /** What the dashboard lets people do. */
  readonly dashboard: DashboardMode;
}

/** GET /api/v1/listeners: a page of them. */
export interface ListenerAnswer extends ListenerStats {
  readonly addresses: readonly ListeningAddress["address"][];
}

/** GET, PATCH, POST and DELETE of /api/v1/pools/{pool}/backends/{backend}. */
export interface BackendAnswer {
  readonly pool: string;
  readonly backend: BackendStatus;
  /** Sessions that it still has. */
  readonly left: number;
}

/** `stats` of GET /api/v1/events, once a second. */
export interface Overview {
  readonly status: StatusAnswer;
  readonly listeners: readonly ListenerAnswer[];
  readonly pools: readonly PoolStats[];
  readonly overrides: readonly Override[];
}

/**
 * `history` of GET /api/v1/events, first of all: the last 15 minutes, at most 900 samples a second apart, oldest first. Each list is as
 * long as `atMs`.
 */
export interface History {
  /** Milliseconds since 1970. */
  readonly atMs: readonly number[];
  readonly activeSessions: readonly number[];
  /** In that second, here and below. */
  readonly endedSessions: readonly number[];
  readonly bytesUp: readonly number[];
  readonly bytesDown: readonly number[];
  /** The same by how they ended; ends that have not happened in these 15 minutes are left out. */
  readonly ends: Readonly<Partial<Record<EndReason, readonly number[]>>>;
}

/** GET /api/v1/events: what is sent, by the name of the event. */
export interface EventAnswers {
  readonly history: History;
  readonly stats: Overview;
  readonly backend: BackendEvent;
  readonly config: ReloadEvent;
  readonly audit: AuditEvent;
}

/** GET /api/v1/sessions */
export type SessionsAnswer = Page<LiveSession>;

/** `application/problem+json`, RFC 9457. */
export interface ProblemAnswer {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** What is wrong with a configuration. */
  readonly problems?: readonly Problem[];
}
