// The first lines of a backend's answer, as far as an upgrade needs them: RFC 9112 §4.

import { CR, indexOfByte, LF, latin1 } from "./character.ts";
import type { Verdict } from "./verdict.ts";

export interface Http1Status {
  /** 100–999. */
  readonly status: number;
}

/** A longer head is none that an upgrade waits for. */
const MAX_HEAD_BYTES = 65_536;
const START = /^HTTP\/1\.[01] ([1-9][0-9]{2})(?: .*)?$/s;
const SHORTEST_START = "HTTP/1.1 200";
const NO: Verdict<never> = { kind: "no" };

/**
 * Reads the head of an answer, interim (1xx) or final. `no` for what is not HTTP/1, and for a head beyond 64 KiB.
 * `scannedBytes` as of readHttp1Head.
 */
export function readHttp1Status(bytes: Uint8Array, scannedBytes = 0): Verdict<Http1Status> {
  const start = latin1(bytes, 0, Math.min(bytes.length, SHORTEST_START.length));
  if (!mayStart(start)) return NO;
  const lineFeed = indexOfByte(bytes, LF, 0);
  if (lineFeed < 0) return bytes.length < MAX_HEAD_BYTES ? { kind: "more", atLeast: bytes.length + 1 } : NO;
  const line = latin1(bytes, 0, bytes[lineFeed - 1] === CR ? lineFeed - 1 : lineFeed);
  const [, status] = START.exec(line) ?? [];
  if (status === undefined) return NO;
  for (
    let at = indexOfByte(bytes, LF, Math.max(lineFeed + 1, scannedBytes));
    at >= 0;
    at = indexOfByte(bytes, LF, at + 1)
  ) {
    if (at >= MAX_HEAD_BYTES) return NO;
    if (bytes[bytes[at - 1] === CR ? at - 2 : at - 1] === LF) {
      return { kind: "match", value: { status: Number(status) }, byteCount: at + 1 };
    }
  }
  return bytes.length < MAX_HEAD_BYTES ? { kind: "more", atLeast: bytes.length + 1 } : NO;
}

/** Whether a text may become the start of a status line. */
function mayStart(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    const expected = SHORTEST_START[at] ?? "";
    const isRight =
      at === 7 ? character === "0" || character === "1" : at < 9 ? character === expected : /[0-9]/.test(character);
    if (!isRight) return false;
  }
  return true;
}
