// Whoever wants a backend, and what it hears of the search.

import type { CloseCause, Connection, SocketOptions } from "../transport/transport.ts";
import type { Dialling } from "./dialling.ts";
import type { EndReason } from "./end.ts";

/** For whom a backend is sought. */
export interface Seeker {
  readonly id: string;
  /** In the session table. */
  readonly place: number;
  readonly client: Connection;
  /** Of whom the session counts for. */
  readonly clientIp: string;
  readonly listener: SocketOptions;
}

/** Who is told how a search goes. */
export interface DiallingHandler {
  /** A backend is connected: `dialling.connection`. */
  onBackend(dialling: Dialling): void;
  /** The search is over. Within `start` too. */
  onNoBackend(end: EndReason, error: string | null): void;
  /** What the connected backend has sent, for whoever has asked. */
  onBackendPrefix(prefix: Uint8Array, ended: boolean): void;
  /** The connected backend has gone before the relay. */
  onBackendGone(cause: CloseCause, code: string | null): void;
  /** `dialling.dueMs` has changed. Within `start` too. */
  onDueChanged(): void;
  failedInternally(error: unknown): void;
}
