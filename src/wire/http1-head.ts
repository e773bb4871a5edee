// The head of an HTTP/1 request: RFC 9112. It ends at the first empty line, whoever wrote its ends of lines. What is not
// valid in it does not make it something else: it is said as a shape, and smuggling.ts says what comes of that.

import { CR, indexOfByte, LF, latin1 } from "./character.ts";
import { bodyLengthOf, readHttp1Fields } from "./http1-fields.ts";
import { findMethodEnd, isLineEnd, judgeLine, skipEmptyLines } from "./http1-line.ts";
import { isSamePlace, parseAuthority, parseTarget, type Target, type TargetForm } from "./http1-target.ts";
import { FoundShapes, type SmugglingShape } from "./smuggling.ts";
import type { Verdict } from "./verdict.ts";

export interface Http1Header {
  /** Lower case. */
  readonly name: string;
  /** Without the white space around it; Latin-1. */
  readonly value: string;
}

/** The head of an HTTP/1 request. */
export interface Http1Head {
  readonly method: string;
  /** As sent. */
  readonly target: string;
  readonly form: TargetForm;
  /** The path of the target as sent, without the query; `/` where an absolute one has none, else empty. */
  readonly path: string;
  /**
   * Of an absolute or authority target, else of the Host header: lower case, without port and trailing dot, IPv6 in
   * brackets. Undefined where there is none.
   */
  readonly host: string | undefined;
  readonly version: "1.0" | "1.1";
  /** In their order; of a malformed head those that could be read, at most 256. */
  readonly headers: readonly Http1Header[];
  /** What two servers may read differently; empty in what is well-formed. Each shape once. */
  readonly shapes: readonly SmugglingShape[];
}

const VERSION_START = " HTTP/";
/** How almost every first line ends. */
const USUAL_END = " HTTP/1.1";
const BLANK = /[ \t\r]/;
/** The head of a request that never begins. */
const NOTHING: Http1Head = {
  method: "",
  target: "",
  form: "origin",
  path: "",
  host: undefined,
  version: "1.1",
  headers: [],
  shapes: ["malformed"],
};
const NO: Verdict<never> = { kind: "no" };

/**
 * Reads the head of a request. `no` as soon as a first line can't end in `HTTP/…`. From there on it is HTTP, and what is
 * invalid is a match with shapes such as `malformed`, whose `byteCount` is where the head ends (the empty line). Nothing but
 * empty lines is malformed, too, once there are more than any client of HTTP sends.
 *
 * `scannedBytes` says of how many of these bytes an earlier call has said `more`: it saves time, never changes the verdict.
 */
export function readHttp1Head(bytes: Uint8Array, scannedBytes = 0): Verdict<Http1Head> {
  const begin = skipEmptyLines(bytes);
  if (isLineEnd(bytes[begin])) return { kind: "match", value: NOTHING, byteCount: begin + 1 };
  const lineFeed = indexOfByte(bytes, LF, begin);
  if (lineFeed < 0 || lineFeed >= scannedBytes) {
    const verdict = judgeLine(bytes, begin, lineFeed, scannedBytes);
    if (verdict === "no") return NO;
    if (verdict === "simple")
      return { kind: "match", value: headOf(bytes, begin, lineFeed, lineFeed), byteCount: lineFeed + 1 };
    if (verdict === "more") return { kind: "more", atLeast: bytes.length + 1 };
  }
  const lastLineFeed = findEmptyLine(bytes, Math.max(lineFeed + 1, scannedBytes));
  if (lastLineFeed < 0) return { kind: "more", atLeast: bytes.length + 1 };
  return { kind: "match", value: headOf(bytes, begin, lineFeed, lastLineFeed), byteCount: lastLineFeed + 1 };
}

/** Whether a method and a blank have been seen: from then on a client is answered in HTTP, if it can't become anything else. */
export function hasHttp1Begun(bytes: Uint8Array): boolean {
  return findMethodEnd(bytes, skipEmptyLines(bytes)) >= 0;
}

/** The LF that ends the first empty line after the first line, or -1. */
function findEmptyLine(bytes: Uint8Array, from: number): number {
  for (let at = indexOfByte(bytes, LF, from); at >= 0; at = indexOfByte(bytes, LF, at + 1)) {
    if (bytes[bytes[at - 1] === CR ? at - 2 : at - 1] === LF) return at;
  }
  return -1;
}

/** `lineFeed` ends the first line, `lastLineFeed` the head: the same where there are no headers to come. */
function headOf(bytes: Uint8Array, begin: number, lineFeed: number, lastLineFeed: number): Http1Head {
  const shapes = new FoundShapes();
  if (begin > 0) shapes.add("malformed");
  const returns = bytes[lineFeed - 1] === CR ? 1 : 0;
  const line = latin1(bytes, begin, lineFeed - returns);
  if (returns === 0) shapes.add("bare-lf");

  // Of three words with one space between them; what else the line may be is malformed.
  const methodEnd = findMethodEnd(bytes, begin) - begin;
  const versionStart = line.endsWith(USUAL_END) ? line.length - USUAL_END.length : line.lastIndexOf(VERSION_START);
  const method = line.slice(0, methodEnd);
  const written = versionStart < 0 ? line.slice(methodEnd).trim() : line.slice(methodEnd + 1, versionStart);
  if (line[methodEnd] !== " " || versionStart < 0 || BLANK.test(written)) shapes.add("malformed");
  if (line.includes("\0")) shapes.add("nul");
  const versionText = line.slice(versionStart + VERSION_START.length);
  const version = versionText === "1.0" ? "1.0" : "1.1";
  if (versionText !== version) shapes.add("malformed");
  const target = parseTarget(method, written);
  if (target === undefined) shapes.add("malformed");

  const emptyLine = bytes[lastLineFeed - 1] === CR ? lastLineFeed - 1 : lastLineFeed;
  if (emptyLine === lastLineFeed) shapes.add("bare-lf");
  const headers = readHttp1Fields(bytes, lineFeed + 1, emptyLine, shapes);
  return {
    method,
    target: written,
    form: target?.form ?? "origin",
    path: target?.path ?? "",
    host: findHost(target, headers, version, shapes),
    version,
    headers,
    shapes: shapes.all,
  };
}

/** Notes the shapes of the headers that say where a request goes and where it ends. */
function findHost(
  target: Target | undefined,
  headers: readonly Http1Header[],
  version: "1.0" | "1.1",
  shapes: FoundShapes,
): string | undefined {
  let host: string | undefined;
  let hostCount = 0;
  let hasLength = false;
  let hasCodings = false;
  for (const { name, value } of headers) {
    if (name === "host") {
      hostCount++;
      host ??= value;
    } else if (name === "content-length") hasLength = true;
    else if (name === "transfer-encoding") hasCodings = true;
  }
  if (hostCount > 1) shapes.add("two-hosts");
  if (hostCount === 0 && version === "1.1") shapes.add("no-host");
  if (hasLength && hasCodings) shapes.add("content-length-with-transfer-encoding");
  if ((hasLength || hasCodings) && bodyLengthOf(headers, version) === undefined) shapes.add("malformed");

  const authority = host === undefined ? undefined : parseAuthority(host);
  if (host !== undefined && authority === undefined) shapes.add("malformed");
  if (target?.authority !== undefined && authority !== undefined && !isSamePlace(target, authority)) {
    shapes.add("target-host-mismatch");
  }
  return (target?.authority ?? authority)?.host || undefined;
}
