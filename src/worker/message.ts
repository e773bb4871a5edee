// All that the control plane and a worker say to each other. What can come thousands of times a second does not come as
// a message, or comes with a count.

import type { EndReason } from "../session/end.ts";
import type { SessionRecord } from "../session/record.ts";
import type { SocketAddress } from "../wire/address.ts";
import type { Snapshot } from "./plane.ts";

/** Which sessions. */
export type SessionChoice =
  | { readonly kind: "all" }
  /** Those on the backends of these rows. */
  | { readonly kind: "rows"; readonly rows: readonly number[] }
  /** The same, but those that are not connected there yet go to another where there is one. */
  | { readonly kind: "evicted"; readonly rows: readonly number[] }
  /** Those for which all holds that is given. */
  | {
      readonly kind: "filtered";
      readonly number: number | undefined;
      /** Of listeners. */
      readonly slots: readonly number[] | undefined;
      readonly rows: readonly number[] | undefined;
      readonly clientIp: string | undefined;
    }
  /** Those of the listener in that place of the admission counts. */
  | { readonly kind: "listener"; readonly slot: number };

/** What is answered, once, with the number of the request. */
export type Question =
  /** Listen by itself: the net transport. `door` is its name in what follows, here and below. */
  | {
      readonly kind: "listen";
      readonly door: number;
      readonly listener: string;
      readonly address: SocketAddress;
      readonly dualStack: boolean;
      /** A socket that listens there already, which the worker closes. */
      readonly inherited?: number;
    }
  /** Accept from a socket of the control plane: the linux transport. */
  | {
      readonly kind: "accept";
      readonly door: number;
      readonly listener: string;
      readonly address: SocketAddress;
      readonly descriptor: number;
      /** Whether another process accepts from it after this one. */
      readonly isInherited?: boolean;
    }
  /** Answered when everything that was complete there has been accepted, and nothing is any more. */
  | { readonly kind: "stop-accepting"; readonly doors: readonly number[] | "all" }
  /** Answered at once: what was said before is in force. */
  | { readonly kind: "settle" }
  /** Answered at once; the sessions' records follow. */
  | { readonly kind: "abort"; readonly end: EndReason; readonly which: SessionChoice }
  /** Answered when no session is left. */
  | { readonly kind: "when-empty" };

export type ToWorker =
  | { readonly kind: "apply"; readonly snapshot: Snapshot }
  /** Who comes in at that door is the listener's from now on. */
  | { readonly kind: "assign"; readonly door: number; readonly listener: string }
  | { readonly kind: "ask"; readonly request: number; readonly question: Question }
  /** Somebody may have a place that nobody in a queue was told of. */
  | { readonly kind: "look-after-queues" }
  /** Leave. It comes with the word (words.ts), for whoever waits for messages only. */
  | { readonly kind: "stop" };

/** `count` of the sessions that were aborted; 0 where nothing is counted. */
export type Answer =
  | { readonly kind: "done"; readonly count: number }
  | { readonly kind: "failed"; readonly message: string; readonly code: string | undefined };

export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "acknowledged"; readonly version: number }
  | { readonly kind: "answered"; readonly request: number; readonly answer: Answer }
  | Report;

/** What it has seen. */
export type Report =
  /** The ring has lines. */
  | { readonly kind: "lines" }
  | { readonly kind: "record"; readonly record: SessionRecord }
  | {
      readonly kind: "selected";
      readonly identity: string;
      readonly addressText: string;
      readonly sessionId: string;
    }
  | { readonly kind: "dial-failed"; readonly name: string; readonly pool: string }
  | {
      readonly kind: "ejected";
      readonly identity: string;
      readonly addressText: string;
      readonly pool: string;
      readonly error: string;
    }
  | { readonly kind: "returned"; readonly identity: string; readonly addressText: string; readonly pool: string }
  | { readonly kind: "short-of"; readonly code: string; readonly count: number }
  | { readonly kind: "table-full"; readonly listener: string; readonly count: number }
  | { readonly kind: "accept-failed"; readonly code: string; readonly count: number }
  | { readonly kind: "internal"; readonly message: string; readonly stack: string | undefined; readonly count: number };
