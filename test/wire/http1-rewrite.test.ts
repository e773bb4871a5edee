import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Forwarding } from "../../src/wire/forwarded.ts";
import { readHttp1Head } from "../../src/wire/http1-head.ts";
import { rewriteHttp1Head } from "../../src/wire/http1-rewrite.ts";
import { bytesOf, cleanRequests, lines, requestHead, shapedRequests } from "./http1-seeds.ts";
import { bytesNear } from "./reader.contract.ts";

const off: Forwarding = { headers: "off", clientIp: "192.0.2.1", proto: "http", isTrusted: false };
const on: Forwarding = { ...off, headers: "x-forwarded" };
const ADDED = "X-Forwarded-For: 192.0.2.1\nX-Forwarded-Proto: http\nX-Forwarded-Host: a\n";
const CASES = 5_000 * Number(process.env["FUZZ_FACTOR"] ?? 1);

function rewritten(text: string, forwarding = off): string {
  const { head, bytes } = requestHead(text);
  return Buffer.from(rewriteHttp1Head(bytes, head, forwarding)).toString("latin1");
}

describe("rewriteHttp1Head", () => {
  it("asks the backend to close, and leaves every other byte and the order", () => {
    assert.equal(
      rewritten("GET /%7e?\xe4 HTTP/1.1\nhOst:  a\nX:\t\nConnection: keep-alive\nCookie: \xe4; b\n\n"),
      lines("GET /%7e?\xe4 HTTP/1.1\nhOst:  a\nX:\t\nCookie: \xe4; b\nConnection: close\n\n"),
    );
    assert.equal(rewritten("GET / HTTP/1.0\n\n"), lines("GET / HTTP/1.0\nConnection: close\n\n"));
  });

  it("takes away what was meant for this hop", () => {
    assert.equal(
      rewritten(
        "GET / HTTP/1.1\nKeep-Alive: timeout=5\nHost: a\nConnection: x-a, Close, TE\nX-A: 1\nProxy-Connection: keep-alive\nTE: gzip\nX-B: 2\nx-a: 3\nUpgrade: websocket\n\n",
      ),
      lines("GET / HTTP/1.1\nHost: a\nX-B: 2\nConnection: close\n\n"),
    );
  });

  it("says on that the client takes trailers", () => {
    assert.equal(
      rewritten("GET / HTTP/1.1\nHost: a\nConnection: TE\nTE: gzip, trailers\n\n"),
      lines("GET / HTTP/1.1\nHost: a\nConnection: close\nTE: trailers\n\n"),
    );
  });

  it("lets Connection take away nothing that says where a request goes, where it ends, or whose it is", () => {
    const kept =
      "POST / HTTP/1.1\nHost: a\nContent-Length: 1\nTrailer: x\nX-Forwarded-Port: 80\nExpect: 100-continue\n";
    assert.equal(
      rewritten(`${kept}Connection: host, content-length, transfer-encoding, trailer, x-forwarded-port, close\n\n`),
      lines(`${kept}Connection: close\n\n`),
    );
  });

  it("keeps an upgrade, but none to HTTP/2", () => {
    const start = "GET /chat HTTP/1.1\nHost: a\nSec-WebSocket-Key: AAAA==\n";
    assert.equal(
      rewritten(`${start}Connection: keep-alive, Upgrade\nUpgrade: websocket\n\n`),
      lines(`${start}Connection: Upgrade\nUpgrade: websocket\n\n`),
    );
    assert.equal(
      rewritten(`${start}Connection: Upgrade, HTTP2-Settings\nUpgrade: h2c\nHTTP2-Settings: AAAA\n\n`),
      lines(`${start}Connection: close\n\n`),
    );
  });

  it("replaces what a stranger says of itself, under any spelling", () => {
    assert.equal(
      rewritten(
        "GET / HTTP/1.1\nHost: a\nX-Forwarded-For: 10.0.0.1\nx_forwarded_for: 10.0.0.1\nForwarded: for=10.0.0.1\nX-Real-IP: 10.0.0.1\nX-Forwarded-Port: 1\n\n",
        on,
      ),
      lines(`GET / HTTP/1.1\nHost: a\nConnection: close\n${ADDED}\n`),
    );
  });

  it("leaves the connection of CONNECT as it is", () => {
    assert.equal(
      rewritten("CONNECT a:1 HTTP/1.1\nHost: a\nProxy-Connection: keep-alive\nX-Forwarded-For: 10.0.0.1\n\n", on),
      lines(`CONNECT a:1 HTTP/1.1\nHost: a\nProxy-Connection: keep-alive\n${ADDED}\n`),
    );
  });

  it("takes away the Content-Length beside a Transfer-Encoding", () => {
    assert.equal(
      rewritten("POST / HTTP/1.1\nHost: a\nContent-Length: 3\nTransfer-Encoding: chunked\n\n"),
      lines("POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\nConnection: close\n\n"),
    );
  });

  it("takes a folded line away with the one that it belongs to", () => {
    assert.equal(
      rewritten("GET / HTTP/1.1\nHost: a\nConnection: keep-alive,\n x-a\nX-B: c\n d\n\n"),
      lines("GET / HTTP/1.1\nHost: a\nX-B: c\n d\nConnection: close\n\n"),
    );
  });

  it("leaves a request of HTTP/0.9, which has no headers", () => {
    assert.equal(rewritten("GET /old\n", on), "GET /old\r\n");
  });

  it(`makes of a clean head one that says the same, in ${CASES} cases`, () => {
    const gone =
      /^(connection|keep-alive|proxy-connection|te|upgrade|http2-settings|forwarded|x-real-ip|x[-_]forwarded[-_].*)$/;
    fc.assert(
      fc.property(bytesNear([...cleanRequests, ...shapedRequests].map(bytesOf)), (bytes) => {
        const verdict = readHttp1Head(bytes);
        if (verdict.kind !== "match") return;
        const head = verdict.value;
        const again = readHttp1Head(rewriteHttp1Head(bytes.subarray(0, verdict.byteCount), head, on));
        if (head.shapes.length > 0) return;
        assert.ok(again.kind === "match" && again.value.shapes.length === 0);
        const { headers, ...line } = again.value;
        const { headers: before, ...lineBefore } = head;
        assert.deepEqual(line, lineBefore);
        const ends = (name: string): boolean => !gone.test(name);
        assert.deepEqual(
          headers.filter(({ name }) => ends(name)),
          before.filter(({ name }) => ends(name)),
        );
      }),
      { numRuns: CASES },
    );
  });
});
