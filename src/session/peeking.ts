// The first bytes of one client: what they are, or how long to wait for more. Pure but for what it has seen before.

import type { Protocol } from "../route/peeked.ts";
import { type ClientHello, readClientHello } from "../wire/client-hello.ts";
import { type Http1Head, hasHttp1Begun, readHttp1Head } from "../wire/http1-head.ts";
import { readHttp2Preface } from "../wire/http2-preface.ts";
import type { PeekSnapshot } from "./context.ts";
import type { EndReason } from "./end.ts";

/** A client that says nothing for this long may wait for the server to speak first. Milliseconds. */
export const SERVER_FIRST_AFTER_MS = 300;

/** What a client turned out to speak. */
export interface Sight {
  readonly kind: "sight";
  readonly protocol: Protocol;
  /** Where it is http, with the bytes that the head takes. */
  readonly http: Http1Head | undefined;
  readonly headBytes: number;
  /** Where it is tls. */
  readonly tls: ClientHello | undefined;
}

export type Look =
  | { readonly kind: "more"; readonly beyondBytes: number }
  | Sight
  /** A request that did not become one, to be answered so. */
  | {
      readonly kind: "refusal";
      readonly sight: Sight;
      readonly status: 408 | 431;
      readonly end: EndReason;
      readonly error: string;
    };

function sightOf(protocol: Protocol): Sight {
  return { kind: "sight", protocol, http: undefined, headBytes: 0, tls: undefined };
}

export const SILENT: Sight = sightOf("silent");
export const OTHER: Sight = sightOf("other");
const H2: Sight = sightOf("h2");
/** Of whose head too little came. */
const BEGUN: Sight = sightOf("http");

export class Peeking {
  readonly startedAtMs: number;
  readonly #rule: PeekSnapshot;
  /** Of which a look has said `more`. */
  #scannedBytes = 0;
  /** Whether a method and a blank have been seen, and it can't be anything but HTTP/1. */
  #hasBegun = false;

  constructor(rule: PeekSnapshot, nowMs: number) {
    this.#rule = rule;
    this.startedAtMs = nowMs;
  }

  get dueMs(): number {
    return this.startedAtMs + this.#rule.timeoutMs;
  }

  /** Whether not a byte has come. */
  get isSilent(): boolean {
    return this.#scannedBytes === 0;
  }

  /** Judges what has come. @param ended no more will. */
  look(prefix: Uint8Array, ended: boolean): Look {
    const { byteCount: most } = this.#rule;
    const bytes = prefix.length > most ? prefix.subarray(0, most) : prefix;
    if (bytes.length > 0) {
      const look = this.#read(bytes);
      if (look.kind !== "more") return look;
      this.#scannedBytes = bytes.length;
      if (bytes.length >= most) return this.#end(431, "peek-too-large", `the head has more than ${most} bytes`);
      if (!ended) return look;
    }
    if (!ended) return { kind: "more", beyondBytes: 0 };
    return this.#end(408, "peek-timeout", "the client finished within the head");
  }

  /** Judges that its time is over. */
  lookLate(): Exclude<Look, { kind: "more" }> {
    return this.#end(408, "peek-timeout", `the head did not end within ${this.#rule.timeoutMs} ms`);
  }

  #end(status: 408 | 431, end: EndReason, error: string): Exclude<Look, { kind: "more" }> {
    if (this.#hasBegun) return { kind: "refusal", sight: BEGUN, status, end, error };
    return this.#scannedBytes === 0 ? SILENT : OTHER;
  }

  #read(bytes: Uint8Array): Look {
    const { as } = this.#rule;
    let atLeast = Number.POSITIVE_INFINITY;
    if (as !== "http") {
      const hello = readClientHello(bytes);
      if (hello.kind === "match") {
        return { kind: "sight", protocol: "tls", http: undefined, headBytes: 0, tls: hello.value };
      }
      if (hello.kind === "more") atLeast = hello.atLeast;
    }
    if (as !== "tls") {
      const preface = readHttp2Preface(bytes);
      if (preface.kind === "match") return H2;
      const head = readHttp1Head(bytes, this.#scannedBytes);
      if (head.kind === "match" && preface.kind === "no") {
        return { kind: "sight", protocol: "http", http: head.value, headBytes: head.byteCount, tls: undefined };
      }
      if (preface.kind === "more") atLeast = Math.min(atLeast, preface.atLeast);
      else if (head.kind === "more") {
        atLeast = Math.min(atLeast, head.atLeast);
        this.#hasBegun ||= hasHttp1Begun(bytes);
      }
    }
    if (atLeast === Number.POSITIVE_INFINITY) return OTHER;
    return { kind: "more", beyondBytes: Math.min(Math.max(atLeast - 1, bytes.length), this.#rule.byteCount - 1) };
  }
}
