// A request that is to be the only one of its connection: its head as a backend is sent it, and what goes on behind it.

import type { Gate } from "../transport/transport.ts";
import type { Forwarding } from "../wire/forwarded.ts";
import { Http1Body } from "../wire/http1-body.ts";
import { upgradeOf } from "../wire/http1-connection.ts";
import type { Http1Head } from "../wire/http1-head.ts";
import { rewriteHttp1Head } from "../wire/http1-rewrite.ts";
import type { TunnelKind } from "./upgrading.ts";

export interface Request {
  /** What the client has sent as its head. */
  readonly headBytes: number;
  /** What the backend is sent instead. */
  readonly head: Uint8Array;
  /** What goes on behind it, if it is a request like any other. */
  readonly gate: RequestGate;
  /** Nothing goes on before the backend has answered, where it is asked for a tunnel. */
  readonly tunnel: TunnelKind | undefined;
}

export interface RequestGate extends Gate {
  /** The body can't be told from what is behind it: the backend would wait for its end in vain. */
  readonly isMalformed: boolean;
  /** @param onMalformed called once it is, within `pass`. */
  watch(onMalformed: () => void): void;
}

/** Lets the body through, and nothing behind it. */
class BodyGate implements RequestGate {
  readonly isOpen = false;
  #onMalformed: (() => void) | undefined;
  readonly #body: Http1Body;

  constructor(body: Http1Body) {
    this.#body = body;
  }

  get isMalformed(): boolean {
    return this.#body.isMalformed;
  }

  pass(bytes: Uint8Array): number {
    const passed = this.#body.pass(bytes);
    if (this.isMalformed) this.#onMalformed?.();
    return passed;
  }

  watch(onMalformed: () => void): void {
    this.#onMalformed = onMalformed;
  }
}

/** Behind a request without a body; and what a proxy that refuses to be one does not get. */
const NOTHING: RequestGate = { isOpen: false, isMalformed: false, pass: () => 0, watch() {} };

/** @param bytes of the head; they are copied. */
export function requestOf(bytes: Uint8Array, head: Http1Head, forwarding: Forwarding): Request {
  const headBytes = bytes.length;
  if (head.method === "CONNECT") {
    return { headBytes, head: rewriteHttp1Head(bytes, head, forwarding), gate: NOTHING, tunnel: "connect" };
  }
  const body = Http1Body.of(head);
  // Its body would have to come before the answer, and what is behind it after it: an Upgrade may always be ignored.
  const upgrade = (body.hasEnded ? upgradeOf(head) : undefined) ?? null;
  const tunnel = upgrade === null ? undefined : "upgrade";
  const gate = body.hasEnded ? NOTHING : new BodyGate(body);
  return { headBytes, head: rewriteHttp1Head(bytes, head, forwarding, upgrade), gate, tunnel };
}
