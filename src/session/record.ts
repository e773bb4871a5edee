import type { EndReason } from "./end.ts";

/** A dial that failed before the session found a backend. */
export interface FailedDial {
  /** `pool/name`. */
  readonly backend: string;
  /** `ECONNREFUSED`, `timeout` … */
  readonly error: string;
}

/**
 * What is known about a session when it has ended: the access line without what the log adds (time, level, event).
 * Every key is always there, null where nothing applies. No payload, no credentials.
 */
export interface SessionRecord extends Progress {
  readonly end: EndReason;
}

/** What is known about a session that goes on, bytes and duration so far included. */
export interface ProgressRecord extends Progress {
  readonly end: null;
}

/** The part that both have. */
export interface Progress {
  readonly id: string;
  readonly listener: string;
  /** The listener's socket, `ip:port`; null where nobody is left who knows it. */
  readonly local: string | null;
  /** Whom the session counts for, `ip:port`. */
  readonly client: string;
  /** The socket's own address, where a PROXY header named another client. */
  readonly peer: string | null;
  readonly pool: string | null;
  /** `pool/name`. */
  readonly backend: string | null;
  /** `ip:port`. */
  readonly backendAddress: string | null;
  /** Backends dialled. */
  readonly attempts: number;
  readonly failed: readonly FailedDial[];
  readonly protocol: string | null;
  readonly host: string | null;
  readonly method: string | null;
  readonly path: string | null;
  readonly sni: string | null;
  readonly alpn: string | null;
  /** The HTTP status of an answer of lb-tcp's own. */
  readonly status: number | null;
  /** From the first look at the client's bytes to the last. */
  readonly peekMs: number | null;
  readonly queueMs: number | null;
  /** What a PROXY header says beside the addresses, by name, or by number such as `0xE5`. */
  readonly tlvs: Readonly<Record<string, string>> | null;
  /** From the first dial until a backend was connected. */
  readonly dialMs: number | null;
  /** From the connected backend to its first byte. */
  readonly firstByteMs: number | null;
  readonly durationMs: number;
  /** Client to backend. */
  readonly bytesUp: number;
  /** Backend to client. */
  readonly bytesDown: number;
  readonly error: string | null;
  /** Live sessions at the end, or now; this one not counted. */
  readonly active: { readonly process: number; readonly listener: number; readonly backend: number | null };
  readonly worker: number;
}
