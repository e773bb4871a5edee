import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Http1Head, hasHttp1Begun, readHttp1Head } from "../../src/wire/http1-head.ts";
import type { SmugglingShape } from "../../src/wire/smuggling.ts";
import { bytesOf, cleanRequests, lines, otherProtocols, shapedRequests } from "./http1-seeds.ts";
import { describeReader } from "./reader.contract.ts";

function headOf(text: string): Http1Head {
  const verdict = readHttp1Head(bytesOf(text));
  return verdict.kind === "match" ? verdict.value : assert.fail(`${verdict.kind}: ${JSON.stringify(text)}`);
}

describeReader(
  "readHttp1Head",
  readHttp1Head,
  [...cleanRequests, ...shapedRequests, ...otherProtocols, "\r\n".repeat(40)].map(bytesOf),
);

describe("readHttp1Head", () => {
  it("reads a request", () => {
    const text = lines("GET /api?x=1 HTTP/1.1\nHost: Example.COM.:8080\nX-A:  b c\t\nX-a:\n\n");
    assert.deepEqual(readHttp1Head(bytesOf(`${text}body`)), {
      kind: "match",
      value: {
        method: "GET",
        target: "/api?x=1",
        form: "origin",
        path: "/api",
        host: "example.com",
        version: "1.1",
        headers: [
          { name: "host", value: "Example.COM.:8080" },
          { name: "x-a", value: "b c" },
          { name: "x-a", value: "" },
        ],
        shapes: [],
      },
      byteCount: text.length,
    });
  });

  it("finds no shape in what is well-formed", () => {
    for (const request of cleanRequests) assert.deepEqual(headOf(request).shapes, [], request);
  });

  for (const [text, form, path, host] of [
    ["GET /a?b=/c HTTP/1.1\nHost: h:80\n\n", "origin", "/a", "h"],
    ["GET http://H.:80/a?b HTTP/1.1\nHost: h\n\n", "absolute", "/a", "h"],
    ["GET http://h?b HTTP/1.1\nHost: h:80\n\n", "absolute", "/", "h"],
    ["GET https://h:443 HTTP/1.1\nHost: h\n\n", "absolute", "/", "h"],
    ["CONNECT h:443 HTTP/1.1\nHost: h\n\n", "authority", "", "h"],
    ["OPTIONS * HTTP/1.1\nHost: [::FF]:1\n\n", "asterisk", "", "[::ff]"],
    ["GET / HTTP/1.0\n\n", "origin", "/", undefined],
    ["GET / HTTP/1.1\nHost:\n\n", "origin", "/", undefined],
  ] as const) {
    it(`takes ${form} ${path} and host ${host} from ${JSON.stringify(text)}`, () => {
      const head = headOf(lines(text));
      assert.deepEqual([head.form, head.path, head.host, head.shapes], [form, path, host, []]);
    });
  }

  const shaped: readonly (readonly [SmugglingShape, readonly string[]])[] = [
    [
      "bare-lf",
      ["GET / HTTP/1.1\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\n"],
    ],
    ["space-before-colon", [lines("GET / HTTP/1.1\nHost : a\n\n"), lines("GET / HTTP/1.1\nHost: a\nX\t: y\n\n")]],
    ["folded-header", [lines("GET / HTTP/1.1\nHost: a\n b\n\n"), lines("GET / HTTP/1.1\nHost: a\n\t\n\n")]],
    ["two-hosts", [lines("GET / HTTP/1.1\nHost: a\nHOST: a\n\n")]],
    ["no-host", [lines("GET / HTTP/1.1\nX: a\n\n")]],
    [
      "content-length-with-transfer-encoding",
      [
        lines("POST / HTTP/1.1\nHost: a\nContent-Length: 3\nTransfer-Encoding: chunked\n\n"),
        lines("POST / HTTP/1.1\nHost: a\ntransfer-encoding: chunked\ncontent-length: 3\n\n"),
      ],
    ],
    [
      "nul",
      [
        lines("GET /\0 HTTP/1.1\nHost: a\n\n"),
        lines("GET / HTTP/1.1\nHost: a\nX: \0\n\n"),
        lines("GET / HTTP/1.1\nHost: a\nX\0: b\n\n"),
      ],
    ],
    [
      "target-host-mismatch",
      [
        lines("GET http://a/ HTTP/1.1\nHost: b\n\n"),
        lines("GET http://a:81/ HTTP/1.1\nHost: a\n\n"),
        lines("GET http://a/ HTTP/1.1\nHost: a:81\n\n"),
        lines("CONNECT a:443 HTTP/1.1\nHost: b\n\n"),
      ],
    ],
    [
      "malformed",
      [
        lines("\nGET / HTTP/1.1\nHost: a\n\n"),
        lines("GET  / HTTP/1.1\nHost: a\n\n"),
        lines("GET\t/ HTTP/1.1\nHost: a\n\n"),
        lines("GET / HTTP/1.1 \nHost: a\n\n"),
        lines("GET / HTTP/1.2\nHost: a\n\n"),
        lines("GET / HTTP/2.0\nHost: a\n\n"),
        lines("GET / HTTP/\nHost: a\n\n"),
        lines("GET /path\n"),
        lines("GET path HTTP/1.1\nHost: a\n\n"),
        lines("GET /#a HTTP/1.1\nHost: a\n\n"),
        lines("GET * HTTP/1.1\nHost: a\n\n"),
        lines("GET http://user@a/ HTTP/1.1\nHost: a\n\n"),
        lines("CONNECT / HTTP/1.1\nHost: a\n\n"),
        lines("CONNECT a HTTP/1.1\nHost: a\n\n"),
        lines("GET / HTTP/1.1\nHost: a/b\n\n"),
        lines("GET / HTTP/1.1\nHost: a b\n\n"),
        lines("GET / HTTP/1.1\nHost: a\nno colon\n\n"),
        lines("GET / HTTP/1.1\nHost: a\n: no name\n\n"),
        lines("GET / HTTP/1.1\n Host: a\n\n"),
        lines("GET / HTTP/1.1\nHost: a\nX: \x07\n\n"),
        "GET / HTTP/1.1\r\nHost: a\r\nX: b\rY: c\r\n\r\n",
        "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n",
        lines("POST / HTTP/1.1\nHost: a\nContent-Length: +3\n\n"),
        lines("POST / HTTP/1.1\nHost: a\nContent-Length: 3, 3\n\n"),
        lines("POST / HTTP/1.1\nHost: a\nContent-Length: 3\nContent-Length: 3\n\n"),
        lines("POST / HTTP/1.1\nHost: a\nContent-Length: 9999999999999999\n\n"),
        lines("POST / HTTP/1.1\nHost: a\nTransfer-Encoding: gzip\n\n"),
        lines("POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked, gzip\n\n"),
        lines("POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\nTransfer-Encoding: chunked\n\n"),
        lines("POST / HTTP/1.1\nHost: a\nTransfer-Encoding: xchunked\n\n"),
        lines("POST / HTTP/1.0\nTransfer-Encoding: chunked\n\n"),
        lines(`GET / HTTP/1.1\nHost: a\n${"X: y\n".repeat(256)}\n`),
      ],
    ],
  ];
  for (const [shape, requests] of shaped) {
    it(`finds ${shape}`, () => {
      for (const request of requests) {
        const { shapes } = headOf(request);
        assert.ok(shapes.includes(shape), `${JSON.stringify(request)} has ${shapes.join(", ") || "no shape"}`);
      }
    });
  }

  it("takes nothing but empty lines for a request that never begins", () => {
    const verdict = readHttp1Head(bytesOf("\r\n".repeat(40)));
    assert.ok(verdict.kind === "match" && verdict.byteCount === 65);
    assert.deepEqual(verdict.value.shapes, ["malformed"]);
    assert.equal(readHttp1Head(bytesOf("\r\n".repeat(32))).kind, "more");
    assert.equal(readHttp1Head(bytesOf(`${"\r\n".repeat(32)}GET / HTTP/1.1\r\n\r\n`)).kind, "match");
  });

  it("says no to what is not HTTP/1, with no byte more than that needs", () => {
    for (const text of otherProtocols) assert.deepEqual(readHttp1Head(bytesOf(text)), { kind: "no" }, text);
    for (const text of [
      "*1\r",
      "\0",
      "\x16",
      "PING\r",
      "a b c",
      "PRI * H",
      "GET / X",
      "GET / HTTP X",
      "é",
      "G".repeat(33),
    ]) {
      assert.deepEqual(readHttp1Head(bytesOf(text)), { kind: "no" }, text);
    }
  });

  it("waits while it may become a request", () => {
    const text = lines("\nGET / HTTP/1.1\nHost: a\n\n");
    for (let end = 0; end < text.length; end++) {
      assert.deepEqual(readHttp1Head(bytesOf(text.slice(0, end))), { kind: "more", atLeast: end + 1 });
    }
  });
});

describe("hasHttp1Begun", () => {
  it("has once a method and a space have come", () => {
    for (const text of ["GET ", "GET /", "\r\nget /x HTTP/1.1\r\n", "SET k"])
      assert.ok(hasHttp1Begun(bytesOf(text)), text);
    for (const text of ["", "\r\n", "GET", " GET ", "\0GET ", "PING\r\n", "*1\r\n"])
      assert.ok(!hasHttp1Begun(bytesOf(text)), text);
  });
});
