// The header lines of an HTTP/1 head (RFC 9112 §5), and what they say of the body's length (§6).

import { COLON, CR, isBlank, isForbidden, isText, isToken, LF, latin1, NUL } from "./character.ts";
import type { Http1Header } from "./http1-head.ts";
import type { FoundShapes } from "./smuggling.ts";

// Apache takes 100, HAProxy 101, Node 2,000.
const MAX_HEADERS = 256;

/** The header lines between the first line's LF and the empty line. Notes the shapes it finds. */
export function readHttp1Fields(bytes: Uint8Array, start: number, end: number, shapes: FoundShapes): Http1Header[] {
  const headers: Http1Header[] = [];
  const text = latin1(bytes, start, end);
  let at = start;
  while (at < end) {
    const lineStart = at;
    while (isToken(bytes[at])) at++;
    const nameEnd = at;
    while (isBlank(bytes[at])) at++;
    const hasName = nameEnd > lineStart && bytes[at] === COLON;
    if (hasName) {
      if (at > nameEnd) shapes.add("space-before-colon");
      at++;
    } else {
      // The first line of all can't be gone on with.
      shapes.add(isBlank(bytes[lineStart]) && headers.length > 0 ? "folded-header" : "malformed");
    }
    while (isBlank(bytes[at])) at++;
    const valueStart = at;
    let valueEnd = at;
    for (;;) {
      while (isText(bytes[at])) at++;
      const byte = bytes[at];
      if (byte === undefined || byte === LF) break;
      if (byte === CR && bytes[at + 1] === LF) {
        valueEnd = endOfValue(bytes, valueStart, at);
        at++;
        break;
      }
      if (isForbidden(byte)) shapes.add(byte === NUL ? "nul" : "malformed");
      at++;
    }
    if (bytes[at - 1] !== CR) {
      shapes.add("bare-lf");
      valueEnd = endOfValue(bytes, valueStart, at);
    }
    at++;
    if (!hasName) continue;
    if (headers.length === MAX_HEADERS) {
      shapes.add("malformed");
      break;
    }
    const name = text.slice(lineStart - start, nameEnd - start).toLowerCase();
    headers.push({ name, value: text.slice(valueStart - start, valueEnd - start) });
  }
  return headers;
}

function endOfValue(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && isBlank(bytes[at - 1])) at--;
  return at;
}

/** How the body of a request ends: RFC 9112 §6.3. */
export type BodyLength =
  | { readonly kind: "none" }
  | { readonly kind: "bytes"; readonly byteCount: number }
  | { readonly kind: "chunked" };

const NONE: BodyLength = { kind: "none" };
const CHUNKED: BodyLength = { kind: "chunked" };
const DIGITS = /^[0-9]{1,15}$/;
// The codings that IANA has registered. One that a server does not know it may skip over, and frame the body in another way.
const CODINGS = /^(?:(?:gzip|x-gzip|deflate|compress|x-compress)[ \t]*,[ \t]*)*chunked$/i;

/**
 * How the body ends. Where the headers contradict each other, Transfer-Encoding wins over Content-Length (RFC 9112 §6.3);
 * where one of them is not valid it is undefined, and no byte after the head can be told to be the request's.
 */
export function bodyLengthOf(headers: readonly Http1Header[], version: "1.0" | "1.1"): BodyLength | undefined {
  let codings: string | undefined;
  let length: string | undefined;
  for (const { name, value } of headers) {
    if (name === "transfer-encoding") codings = codings === undefined ? value : `${codings}, ${value}`;
    if (name === "content-length") {
      if (length !== undefined) return undefined;
      length = value;
    }
  }
  if (codings !== undefined) return version === "1.1" && CODINGS.test(codings) ? CHUNKED : undefined;
  if (length === undefined) return NONE;
  return DIGITS.test(length) ? { kind: "bytes", byteCount: Number(length) } : undefined;
}
