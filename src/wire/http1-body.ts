// Where the body of the first request ends: RFC 9112 §6 and §7.1. Its bytes are counted, never changed or kept.

import { CR, isBlank, isForbidden, LF, SEMICOLON } from "./character.ts";
import { bodyLengthOf } from "./http1-fields.ts";
import type { Http1Head } from "./http1-head.ts";

// 16^12 bytes are 256 TiB.
const MAX_SIZE_DIGITS = 12;
/** Of one chunk's extensions; Node takes 16 KiB of them. */
const MAX_EXTENSION_BYTES = 4_096;
/** Of all trailers. */
const MAX_TRAILER_BYTES = 16_384;

type State =
  | "bytes"
  /** Until the connection ends. */
  | "endless"
  | "size"
  | "extension"
  | "size-end"
  | "data"
  | "data-return"
  | "data-end"
  | "trailer-start"
  | "trailer"
  | "trailer-return"
  | "last-end"
  | "ended";

/**
 * Tells how many bytes after the head are the request's: any split of them leads to the same sum. What is not valid ends the
 * request before the byte at fault, so that nothing behind it can pass for a request of its own.
 */
export class Http1Body {
  #state: State;
  /** In `bytes` and `data`: of the body or chunk. */
  #leftBytes = 0;
  #sizeDigits = 0;
  #lineBytes = 0;
  #isMalformed = false;

  private constructor(state: State, leftBytes = 0) {
    this.#state = state;
    this.#leftBytes = leftBytes;
  }

  /**
   * Of a request by its head. Without a valid length it has none; where it has two, Transfer-Encoding counts. After CONNECT
   * all bytes are the tunnel's.
   */
  static of(head: Http1Head): Http1Body {
    if (head.method === "CONNECT") return new Http1Body("endless");
    const length = bodyLengthOf(head.headers, head.version);
    if (length?.kind === "chunked") return new Http1Body("size");
    if (length?.kind === "bytes" && length.byteCount > 0) return new Http1Body("bytes", length.byteCount);
    const body = new Http1Body("ended");
    body.#isMalformed = length === undefined;
    return body;
  }

  /** Whether all of it has passed. */
  get hasEnded(): boolean {
    return this.#state === "ended";
  }

  /** Whether it ended because something in it was not valid. */
  get isMalformed(): boolean {
    return this.#isMalformed;
  }

  /** How many of the next bytes are the request's. Fewer than there are: it has ended, and from then on it is 0. */
  pass(bytes: Uint8Array): number {
    let at = 0;
    while (at < bytes.length && this.#state !== "ended") {
      if (this.#state === "endless") return bytes.length;
      if (this.#state === "bytes" || this.#state === "data") at += this.#passData(bytes.length - at);
      else if (this.#passFraming(bytes[at] ?? 0)) at++;
    }
    return at;
  }

  #passData(byteCount: number): number {
    const taken = Math.min(byteCount, this.#leftBytes);
    this.#leftBytes -= taken;
    if (this.#leftBytes === 0) this.#state = this.#state === "bytes" ? "ended" : "data-return";
    return taken;
  }

  /** Whether the byte is valid where it is. */
  #passFraming(byte: number): boolean {
    const next = this.#stateAfter(byte);
    if (next === undefined) {
      this.#isMalformed = true;
      this.#state = "ended";
      return false;
    }
    this.#state = next;
    return true;
  }

  #stateAfter(byte: number): State | undefined {
    switch (this.#state) {
      case "size":
        return this.#stateAfterSize(byte);
      case "extension":
        if (byte === CR) return "size-end";
        return this.#isLineByte(byte, MAX_EXTENSION_BYTES) ? "extension" : undefined;
      case "size-end":
        return byte === LF ? this.#stateAfterSizeLine() : undefined;
      case "data-return":
        return byte === CR ? "data-end" : undefined;
      case "data-end":
        return byte === LF ? "size" : undefined;
      case "trailer-start":
        if (byte === CR) return "last-end";
        // It can't be folded either.
        return !isBlank(byte) && this.#isLineByte(byte, MAX_TRAILER_BYTES) ? "trailer" : undefined;
      case "trailer":
        if (byte === CR) return "trailer-return";
        return this.#isLineByte(byte, MAX_TRAILER_BYTES) ? "trailer" : undefined;
      case "trailer-return":
        return byte === LF ? "trailer-start" : undefined;
      case "last-end":
        return byte === LF ? "ended" : undefined;
      case "bytes":
      case "data":
      case "endless":
      case "ended":
        return undefined;
    }
  }

  #stateAfterSize(byte: number): State | undefined {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      if (++this.#sizeDigits > MAX_SIZE_DIGITS) return undefined;
      this.#leftBytes = this.#leftBytes * 16 + digit;
      return "size";
    }
    if (this.#sizeDigits === 0) return undefined;
    if (byte === CR) return "size-end";
    return byte === SEMICOLON ? "extension" : undefined;
  }

  #stateAfterSizeLine(): State {
    this.#sizeDigits = 0;
    this.#lineBytes = 0;
    return this.#leftBytes === 0 ? "trailer-start" : "data";
  }

  #isLineByte(byte: number, maxBytes: number): boolean {
    return !isForbidden(byte) && ++this.#lineBytes <= maxBytes;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
