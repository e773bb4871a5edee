// What carries the sessions, as the rest of the control plane sees it: a plane in this thread, or workers.

import type { LogLevel, TransportName } from "../config/options.ts";
import type { EndReason } from "../session/end.ts";
import type { SessionTable } from "../session/session-table.ts";
import type { SocketAddress } from "../wire/address.ts";
import type { SessionChoice } from "../worker/message.ts";
import type { Snapshot } from "../worker/plane.ts";
import type { LentSocket } from "./inherited-sockets.ts";
import type { WorkerStats } from "./worker-stats.ts";

/** An address that it listens on. */
export interface Door {
  readonly id: number;
  /** With the port that 0 became. */
  readonly address: SocketAddress;
}

export interface DataPlane {
  readonly transport: TransportName;
  /** Threads of its own; 0 where it is in this one. */
  readonly workers: number;
  /** The newest snapshot that everybody runs on: no session begun from now on sees an older one. */
  readonly acknowledgedVersion: number;
  /** Sessions now. */
  readonly sessionCount: number;
  /** Who there is, by worker. */
  readonly sessions: readonly SessionTable[];
  /** @throws LbError `LB_WORKER` */
  start(): Promise<void>;
  apply(snapshot: Snapshot): void;
  /**
   * Rejects with the system's error.
   * @param dualStack whether `::` takes IPv4 clients as well.
   * @param inherited a socket that listens there already; it stays its owner's.
   */
  listen(listener: string, address: SocketAddress, dualStack: boolean, inherited?: LentSocket): Promise<Door>;
  /** Whoever comes in there from now on is a client of another listener. */
  assign(door: number, listener: string): void;
  /** Resolves when everybody runs on the newest snapshot. */
  settled(): Promise<void>;
  /**
   * Frees addresses, by default all of them for ever. Whoever the kernel has accepted by then is served where that is
   * possible. Sessions go on.
   */
  stopAccepting(doors?: readonly number[]): Promise<void>;
  /**
   * Resets sessions. Their records follow.
   * @param worker only there; by default everywhere.
   * @returns how many: those that were ending already do not count.
   */
  abort(end: EndReason, which: SessionChoice, worker?: number): Promise<number>;
  /** Resolves when no session is left. */
  whenEmpty(): Promise<void>;
  /** Somebody wants, or nobody wants any more, each session's record. */
  wantRecords(areWanted: boolean): void;
  /** The least level that is logged, from now on. */
  setLogLevel(level: LogLevel): void;
  workerStats(nowMs: number): readonly WorkerStats[];
  /** Ends what carries the sessions, after all else. */
  close(): Promise<void>;
}
