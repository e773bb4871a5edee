// What a session is handed by its data plane, and what it hands back. No session knows more of the world.

import type { BackendRow, Pool } from "../backend/pool.ts";
import type { BackendTable } from "../backend/table.ts";
import type { Clock, Random } from "../clock.ts";
import type { RouteFunction, RouteRule } from "../route/rule.ts";
import type { Transport } from "../transport/transport.ts";
import type { Admission } from "./admission.ts";
import type { Counters } from "./counters.ts";
import type { EndReason } from "./end.ts";
import type { EntranceRules } from "./entrance.ts";
import type { ProgressRecord, SessionRecord } from "./record.ts";
import type { Session } from "./session.ts";
import type { SessionTable } from "./session-table.ts";
import type { Wheel } from "./wheel.ts";

/** What is read of a client before its pool is chosen. */
export interface PeekSnapshot {
  readonly as: "http" | "tls" | "auto";
  /** For the whole phase, here and below. */
  readonly timeoutMs: number;
  readonly byteCount: number;
  /** Whether what two servers may read differently is answered 400. */
  readonly strict: boolean;
}

/** Who may name a client by a PROXY header. */
export interface AcceptProxySnapshot {
  /** CIDRs. */
  readonly from: readonly string[];
  readonly policy: "require" | "use" | "ignore";
  readonly versions: readonly ("v1" | "v2")[];
  readonly timeoutMs: number;
}

/** The headers that tell an HTTP backend about the client. */
export interface ForwardedSnapshot {
  readonly headers: "x-forwarded" | "forwarded" | "off";
  /** CIDRs whose own are kept and appended to. */
  readonly trust: readonly string[];
}

/** What a listener asks of its sessions. Plain data; durations are Infinity where they are off. */
export interface ListenerSnapshot extends EntranceRules {
  readonly name: string;
  /** Undefined: what no route matches is rejected. */
  readonly pool: string | undefined;
  /** Functions only where the plane is in the caller's thread. */
  readonly routes: readonly (RouteRule | RouteFunction)[];
  readonly peek: PeekSnapshot | undefined;
  readonly httpKeepAlive: "close" | "sticky";
  readonly forwarded: ForwardedSnapshot;
  readonly acceptProxy: AcceptProxySnapshot | undefined;
  readonly dial: "immediate" | "on-data";
  readonly idleTimeoutMs: number;
  readonly halfCloseTimeoutMs: number;
  readonly maxLifetimeMs: number;
  /** 0 to 1: by how much of it a session may end earlier, by chance. */
  readonly maxLifetimeJitter: number;
  /** Sessions at once. */
  readonly maxConnections: number;
  readonly backlog: number;
  readonly keepaliveMs: number;
  readonly userTimeoutMs: number;
  /** Its place in the admission counts. */
  readonly slot: number;
  /** Changes when anything in it does: whoever has made something of it need not look further. */
  readonly revision: number;
  /** Its places in the counters: by the pool that a session went to, of all that it can go to. */
  readonly lanes: Readonly<Record<string, number>>;
  /** The same for a session without a pool. */
  readonly lane: number;
}

/** What the data plane reports upwards. Called on the data path: to be quick, and never to throw. */
export interface SessionReports {
  /** Whether a session with this end needs a record at all: making one costs about a microsecond. */
  wantsRecord(end: EndReason): boolean;
  recorded(record: SessionRecord): void;
  /** How often somebody wants to hear of a session that goes on: Infinity for never. */
  readonly progressIntervalMs: number;
  progressed(record: ProgressRecord): void;
  /** A backend was picked. Undefined unless somebody reads it. */
  readonly selected: ((backend: BackendRow, sessionId: string) => void) | undefined;
  /** A dial failed and the backend is to blame. */
  dialFailed(backend: BackendRow, pool: string): void;
  ejected(backend: BackendRow, pool: string, error: string): void;
  returned(backend: BackendRow, pool: string): void;
  /** This machine is short of something: no backend is to blame. */
  shortOf(code: string): void;
  /** A listener has more clients than its table can tell apart: one was counted with its neighbours. */
  tableFull(listener: string): void;
  failedInternally(error: unknown): void;
}

export interface SessionContext {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly table: BackendTable;
  readonly counters: Counters;
  readonly admission: Admission;
  readonly sessions: SessionTable;
  readonly wheel: Wheel;
  readonly reports: SessionReports;
  readonly worker: number;
  readonly random: Random;
  /** The id of the session that has this number in this worker. */
  sessionIdOf(number: number): string;
  /** The pool of that name, as it is now. @throws where the snapshot has none. */
  poolOf(name: string): Pool;
  /** The session has ended and owns nothing any more. */
  sessionEnded(session: Session): void;
}
