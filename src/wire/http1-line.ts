// The first line of an HTTP/1 request, as far as it is there: is it HTTP? As tolerant as the most tolerant server, since
// what is not recognised here is routed by nothing. Whether it is valid is asked of the whole head.

import { CR, indexOfByte, isBlank, isForbidden, isToken, LF, latin1, NUL, SPACE, TAB } from "./character.ts";

/** `no`: not HTTP/1. `more`: may become it. Else the line is there; `simple` is that of HTTP/0.9, which has no version. */
export type LineVerdict = "no" | "more" | "simple" | "line";

// The longest registered is UPDATEREDIRECTREF (RFC 4437), with 17.
const MAX_METHOD_BYTES = 32;
/**
 * What some servers take for HTTP/0.9, Node for one, with any method. Commands of other protocols look like it, such as
 * memcached's `get key`, but are seldom in capitals and about something that begins with a slash.
 */
const SIMPLE = /^(?:[A-Z-]+[ \t]+(?:\/|[A-Za-z][A-Za-z0-9+.-]*:\/\/)|CONNECT[ \t]+[A-Za-z0-9.[]|OPTIONS[ \t]+\*)/;
const VERSION_START = [0x48, 0x54, 0x54, 0x50, 0x2f]; // HTTP/

/** Nobody who speaks HTTP sends more bytes of empty lines first. */
const MAX_EMPTY_BYTES = 64;

/**
 * Where the first line begins: many servers skip empty lines before it (RFC 9112 §2.2). At most MAX_EMPTY_BYTES on, where
 * an empty line may still stand.
 */
export function skipEmptyLines(bytes: Uint8Array): number {
  let at = 0;
  while (at < MAX_EMPTY_BYTES && isLineEnd(bytes[at])) at++;
  return at;
}

export function isLineEnd(byte: number | undefined): boolean {
  return byte === LF || byte === CR;
}

/** Where the blank after the method stands: -1 when it has not come yet, -2 when it can't. */
export function findMethodEnd(bytes: Uint8Array, begin: number): number {
  let at = begin;
  while (isToken(bytes[at])) if (++at - begin > MAX_METHOD_BYTES) return -2;
  if (at === bytes.length) return -1;
  return at > begin && isBlank(bytes[at]) ? at : -2;
}

/**
 * What the first line says. `lineFeed` is where it ends, or -1; of the first `scannedBytes` bytes it was said before that
 * they may become HTTP/1.
 */
export function judgeLine(bytes: Uint8Array, begin: number, lineFeed: number, scannedBytes: number): LineVerdict {
  const methodEnd = findMethodEnd(bytes, begin);
  if (methodEnd < 0) return methodEnd === -1 ? "more" : "no";

  let targetStart = methodEnd;
  while (isBlank(bytes[targetStart])) targetStart++;
  // Also while there is no LF yet: what ends in CR may be the line's end.
  const end = withoutReturns(bytes, lineFeed < 0 ? bytes.length : lineFeed);
  const targetEnd = findBlank(bytes, targetStart, end);
  for (let at = Math.max(targetStart, scannedBytes); at < targetEnd; at++) {
    const byte = bytes[at] ?? 0;
    // CR and NUL are found in the whole head, where they are shapes.
    if (isForbidden(byte) && byte !== NUL && byte !== CR) return "no";
  }

  let versionStart = targetEnd;
  while (isBlank(bytes[versionStart])) versionStart++;
  if (versionStart >= end) {
    if (lineFeed < 0) return "more";
    return SIMPLE.test(latin1(bytes, begin, end)) ? "simple" : "no";
  }
  if (isHttp2(bytes, begin, targetStart, targetEnd)) return "no";
  for (let offset = 0; offset < VERSION_START.length; offset++) {
    if (versionStart + offset >= end) return lineFeed < 0 ? "more" : "no";
    if (bytes[versionStart + offset] !== VERSION_START[offset]) return "no";
  }
  return lineFeed < 0 ? "more" : "line";
}

function withoutReturns(bytes: Uint8Array, end: number): number {
  let at = end;
  while (bytes[at - 1] === CR) at--;
  return at;
}

/** Up to here a loop is faster than two searches by native code, of which the one for a tab goes on to the end of the bytes. */
const NEAR_BYTES = 256;

function findBlank(bytes: Uint8Array, from: number, end: number): number {
  const near = Math.min(end, from + NEAR_BYTES);
  for (let at = from; at < near; at++) if (isBlank(bytes[at])) return at;
  if (near >= end) return end;
  const space = indexOfByte(bytes, SPACE, near);
  const tab = indexOfByte(bytes, TAB, near);
  return Math.min(space < 0 ? end : space, tab < 0 ? end : tab, end);
}

/** `PRI *` is the start of the HTTP/2 preface, made to look like HTTP/1 (RFC 9113 §3.4). */
function isHttp2(bytes: Uint8Array, begin: number, targetStart: number, targetEnd: number): boolean {
  const isPri = bytes[begin] === 0x50 && bytes[begin + 1] === 0x52 && bytes[begin + 2] === 0x49;
  return isPri && targetStart === begin + 4 && targetEnd === targetStart + 1 && bytes[targetStart] === 0x2a;
}
