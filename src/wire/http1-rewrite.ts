// The head of a client's first request as the backend is sent it, where it is to be the only one of its connection.

import { COLON, indexOfByte, isBlank, isToken, LF, latin1 } from "./character.ts";
import { type Forwarding, forwardingHeaders, isForwardingReplaced } from "./forwarded.ts";
import { connectionOptionsOf, listOf, upgradeOf } from "./http1-connection.ts";
import type { Http1Head } from "./http1-head.ts";
import { skipEmptyLines } from "./http1-line.ts";

/** Of one connection only, whether Connection names them or not: RFC 9110 §7.6.1, and what came before it. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "upgrade",
  "http2-settings",
]);

/** Connection may not take these away: they say where the request goes, where it ends, and whose it is. */
const LASTING: ReadonlySet<string> = new Set([
  "host",
  "content-length",
  "transfer-encoding",
  "trailer",
  "forwarded",
  "x-real-ip",
]);

/**
 * A head with `Connection: close` instead of the headers of the client's connection, and with forwarding headers: everything
 * else byte for byte, in its order. An upgrade keeps `Connection: Upgrade`, for with `close` beside it some servers close.
 * CONNECT keeps its connection. `bytes` are the head's (its `byteCount`), or go on behind it.
 *
 * Where a head has both lengths of a body, Content-Length goes (RFC 9112 §6.3): Http1Body goes by Transfer-Encoding, too.
 *
 * @param upgrade what the backend is asked to change to; null where the client's wish is ignored.
 */
export function rewriteHttp1Head(
  bytes: Uint8Array,
  head: Http1Head,
  forwarding: Forwarding,
  upgrade: string | null = upgradeOf(head) ?? null,
): Uint8Array {
  const begin = skipEmptyLines(bytes);
  const firstLineEnd = indexOfByte(bytes, LF, begin) + 1;
  // HTTP/0.9 has no headers, and is malformed.
  if (head.shapes.length > 0 && !latin1(bytes, begin, firstLineEnd).includes(" HTTP/")) {
    return Uint8Array.prototype.slice.call(bytes, 0, firstLineEnd);
  }

  const options = head.method === "CONNECT" ? undefined : connectionOptionsOf(head);
  const hasTwoLengths = head.shapes.includes("content-length-with-transfer-encoding");
  const added = addedLines(head, forwarding, options, upgrade);
  // Bytes are copied as bytes: through a string they would take twice as long. There is no more than all of them.
  const written = Buffer.allocUnsafe(bytes.length - begin + added.length);
  let byteCount = 0;
  const keep = (from: number, end: number): void => {
    written.set(bytes.subarray(from, end), byteCount);
    byteCount += end - from;
  };
  let keptFrom = begin;
  let isDropped = false;
  let at = firstLineEnd;
  // A well-formed line is a header: its name need not be read again.
  const known = head.shapes.length === 0 ? head.headers : [];
  let line = 0;
  while (at < bytes.length && !isEmptyLine(bytes, at)) {
    const next = indexOfByte(bytes, LF, at) + 1;
    // A folded line goes where the one goes that it belongs to.
    const name = known[line]?.name ?? nameOf(bytes, at);
    line++;
    const isNextDropped: boolean = isBlank(bytes[at])
      ? isDropped
      : isGone(name, options, forwarding) || (hasTwoLengths && name === "content-length");
    if (isNextDropped && !isDropped) keep(keptFrom, at);
    if (!isNextDropped && isDropped) keptFrom = at;
    isDropped = isNextDropped;
    if (next === 0) break;
    at = next;
  }
  if (!isDropped) keep(keptFrom, at);
  byteCount += written.write(added, byteCount, "latin1");
  return written.subarray(0, byteCount);
}

/** What a head gets in place of what is dropped, with the empty line. */
function addedLines(
  head: Http1Head,
  forwarding: Forwarding,
  options: ReadonlySet<string> | undefined,
  upgrade: string | null,
): string {
  let text = options === undefined ? "" : connectionLines(head, upgrade);
  for (const { name, value } of forwardingHeaders(head, forwarding)) text += `${name}: ${value}\r\n`;
  return `${text}\r\n`;
}

function connectionLines(head: Http1Head, upgrade: string | null): string {
  const connection = upgrade === null ? "Connection: close\r\n" : `Connection: Upgrade\r\nUpgrade: ${upgrade}\r\n`;
  // All that TE may say to a next hop: that the client takes trailers.
  const takesTrailers = listOf(head, "te").some((coding) => coding.toLowerCase() === "trailers");
  return takesTrailers ? `${connection}TE: trailers\r\n` : connection;
}

/** `options`: what Connection names; undefined where the client's connection is the backend's. */
function isGone(name: string, options: ReadonlySet<string> | undefined, forwarding: Forwarding): boolean {
  if (isForwardingReplaced(name, forwarding)) return true;
  if (options === undefined) return false;
  if (HOP_BY_HOP.has(name)) return true;
  return options.has(name) && !LASTING.has(name) && !name.startsWith("x-forwarded-");
}

function isEmptyLine(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === LF || (bytes[at] === 0x0d && bytes[at + 1] === LF);
}

/** The name in a header line, in lower case; empty where it has none. */
function nameOf(bytes: Uint8Array, start: number): string {
  let end = start;
  while (isToken(bytes[end])) end++;
  let colon = end;
  while (isBlank(bytes[colon])) colon++;
  return bytes[colon] === COLON ? latin1(bytes, start, end).toLowerCase() : "";
}
