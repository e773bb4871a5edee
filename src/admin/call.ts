// A request that may be served: what its handler needs of it.

import type { IncomingMessage } from "node:http";
import type { Reply } from "./reply.ts";

/** Who changes something, as audit lines and overrides have it. */
export type Actor = "token" | "dashboard" | "unix";

export interface Call {
  /** What stands for the names in the path. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: ReadonlyMap<string, string>;
  /** Parsed JSON; undefined where there is none. */
  readonly body: unknown;
  /** Null for who has shown nothing: somebody who reads over loopback, or asks for what is open. */
  readonly actor: Actor | null;
  /** `ip:port`; null on a unix socket. */
  readonly client: string | null;
  /** For who needs its headers, or its entrance. */
  readonly request: IncomingMessage;
  /** Aborted when whoever asks has gone, or the admin address closes. */
  readonly signal: AbortSignal;
}

/** May throw an `LbError`, which becomes a problem. */
export type Handler = (call: Call) => Reply | Promise<Reply>;
