// Requests as clients send them, and as attackers do. `\n` stands for CRLF in `lines`.

import { type Http1Head, readHttp1Head } from "../../src/wire/http1-head.ts";

export function lines(text: string): string {
  return text.replaceAll("\n", "\r\n");
}

/** As many bytes as characters. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "latin1"));
}

export const cleanRequests: readonly string[] = [
  lines("GET / HTTP/1.1\nHost: example.com\n\n"),
  lines("GET /api/v1?x=1&y=/ HTTP/1.1\nHost: Example.COM.:8080\nAccept: */*\nCookie: a=b; c=d\n\n"),
  lines("GET / HTTP/1.0\n\n"),
  lines("POST /form HTTP/1.1\nHost: a\nContent-Length: 5\n\nhelloGET / HTTP/1.1\n\n"),
  lines("POST /form HTTP/1.1\nHost: a\nTransfer-Encoding: gzip, chunked\n\n5\nhello\n0\n\n"),
  lines("GET http://example.com:80/path?query HTTP/1.1\nHost: example.com\n\n"),
  lines("GET http://example.com HTTP/1.1\nHost: example.com\n\n"),
  lines("CONNECT example.com:443 HTTP/1.1\nHost: example.com:443\n\n"),
  lines("OPTIONS * HTTP/1.1\nHost: example.com\n\n"),
  lines("GET /chat HTTP/1.1\nHost: [::1]:80\nConnection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Key: AAAA==\n\n"),
  lines("PUT /%7Ea/../b HTTP/1.1\nhost:a\nExpect: 100-continue\nX-Empty:\nX-Blank: \t \nContent-Length:  0 \n\n"),
  lines("PROPFIND /\xe4 HTTP/1.1\nHost: a\nX: \xff\xe4\t\xfc\n\n"),
];

export const shapedRequests: readonly string[] = [
  "GET / HTTP/1.1\nHost: a\n\n",
  lines("GET / HTTP/1.1\nHost : a\n\n"),
  lines("GET / HTTP/1.1\nHost: a\nX: b\n c\n\n"),
  lines("GET / HTTP/1.1\nHost: a\nHost: b\n\n"),
  lines("POST / HTTP/1.1\nHost: a\nContent-Length: 3\nTransfer-Encoding: chunked\n\nabc"),
  lines("GET / HTTP/1.1\nHost: a\nX: b\0c\n\n"),
  lines("GET http://a/ HTTP/1.1\nHost: b\n\n"),
  lines("\n\nGET / HTTP/1.1\nHost: a\n\n"),
  lines("GET /old\n"),
  lines("GET  /\tHTTP/2.9\nbroken\n: x\n\n"),
  "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n",
  lines("POST / HTTP/1.1\nHost: a\nContent-Length: 3\nContent-Length: 4\n\n"),
];

/** Not HTTP/1, though some begin like it. */
export const otherProtocols: readonly string[] = [
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "*1\r\n$4\r\nPING\r\n",
  "PING\r\n",
  "SET key value\r\n",
  "GET key\r\n",
  "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
  "\x00\x00\x00\x08\x04\xd2\x16\x2f",
  "\x16\x03\x01\x02\x00\x01",
  "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
  "EHLO example.com\r\n",
  "a1 LOGIN user password\r\n",
  "REGISTER sip:example.com SIP/2.0\r\n",
  "OPTIONS rtsp://example.com RTSP/1.0\r\n",
];

/** A request's head, and the bytes of it. */
export function requestHead(text: string): { readonly head: Http1Head; readonly bytes: Uint8Array } {
  const bytes = bytesOf(lines(text));
  const verdict = readHttp1Head(bytes);
  if (verdict.kind !== "match") throw new Error(`${verdict.kind}: ${JSON.stringify(text)}`);
  return { head: verdict.value, bytes: bytes.subarray(0, verdict.byteCount) };
}
