import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Http1Body } from "../../src/wire/http1-body.ts";
import { readHttp1Head } from "../../src/wire/http1-head.ts";
import { bytesOf, lines } from "./http1-seeds.ts";
import { bytesNear, CASES } from "./reader.contract.ts";

function bodyOf(headers: string, method = "POST"): Http1Body {
  const target = method === "CONNECT" ? "a:1" : "/";
  const verdict = readHttp1Head(bytesOf(lines(`${method} ${target} HTTP/1.1\nHost: a\n${headers}\n`)));
  return verdict.kind === "match" ? Http1Body.of(verdict.value) : assert.fail();
}

const chunked = (): Http1Body => bodyOf("Transfer-Encoding: chunked\n");

describe("Http1Body", () => {
  it("passes nothing where the head says of no body", () => {
    const body = bodyOf("", "GET");
    assert.deepEqual([body.hasEnded, body.isMalformed, body.pass(bytesOf("GET"))], [true, false, 0]);
    assert.ok(bodyOf("Content-Length: 0\n").hasEnded);
  });

  it("passes as many bytes as Content-Length says, and nothing of the next request", () => {
    const body = bodyOf("Content-Length: 5\n");
    assert.equal(body.pass(bytesOf("he")), 2);
    assert.equal(body.hasEnded, false);
    assert.equal(body.pass(bytesOf("lloGET / HTTP/1.1")), 3);
    assert.deepEqual([body.hasEnded, body.isMalformed, body.pass(bytesOf("x"))], [true, false, 0]);
  });

  it("passes all that comes after CONNECT", () => {
    const body = bodyOf("Content-Length: 5\n", "CONNECT");
    for (const text of ["hello", "more", ""]) assert.equal(body.pass(bytesOf(text)), text.length);
    assert.equal(body.hasEnded, false);
  });

  for (const text of [
    "0\r\n\r\n",
    "5\r\nhello\r\n0\r\n\r\n",
    "00A;name=value;x\r\n0123456789\r\n1\r\n\n\r\n000\r\n\r\n",
    "5\r\nhello\r\n0\r\nTrailer: x\r\nOther:\t\xe9\r\n\r\n",
  ]) {
    it(`passes the chunks ${JSON.stringify(text)}`, () => {
      const body = chunked();
      assert.equal(body.pass(bytesOf(`${text}GET / HTTP/1.1\r\n`)), text.length);
      assert.deepEqual([body.hasEnded, body.isMalformed], [true, false]);
    });
  }

  for (const [text, passed] of [
    ["x\r\n", 0],
    ["\r\n", 0],
    ["-1\r\n", 0],
    [" 1\r\n", 0],
    ["0x1\r\n", 1],
    ["1 \r\nx", 1],
    ["1\nx", 1],
    ["1\rx", 2],
    ["1;a\nx", 3],
    ["1;a\0", 3],
    ["1\r\nxy\r\n", 4],
    ["1\r\nx\n", 4],
    ["1\r\nx\rx", 5],
    ["0\r\n x", 3],
    ["0\r\nA: b\n", 7],
    ["0\r\n\rx", 4],
    ["1234567890abc\r\n", 12],
  ] as const) {
    it(`ends the request before what is not valid in ${JSON.stringify(text)}`, () => {
      const body = chunked();
      assert.equal(body.pass(bytesOf(text)), passed);
      assert.deepEqual([body.hasEnded, body.isMalformed, body.pass(bytesOf("0\r\n\r\n"))], [true, true, 0]);
    });
  }

  it("bounds extensions and trailers", () => {
    const extended = chunked();
    assert.equal(extended.pass(bytesOf(`1;${"a".repeat(5_000)}`)), 2 + 4_096);
    assert.ok(extended.isMalformed);
    const trailed = chunked();
    assert.equal(trailed.pass(bytesOf(`0\r\n${"a: b\r\n".repeat(10_000)}\r\n`)), 3 + (16_384 / 4) * 6);
    assert.ok(trailed.isMalformed);
  });

  it("goes by Transfer-Encoding where there is Content-Length as well", () => {
    const body = bodyOf("Content-Length: 3\nTransfer-Encoding: chunked\n");
    assert.equal(body.pass(bytesOf("0\r\n\r\nGET")), 5);
  });

  it("passes nothing where the length is not valid", () => {
    for (const headers of [
      "Content-Length: x\n",
      "Transfer-Encoding: gzip\n",
      "Content-Length: 1\nContent-Length: 2\n",
    ]) {
      const body = bodyOf(headers);
      assert.deepEqual([body.hasEnded, body.isMalformed, body.pass(bytesOf("0\r\n\r\n"))], [true, true, 0]);
    }
  });

  it(`passes the same however the bytes were split, in ${CASES} cases`, () => {
    const seeds = ["5\r\nhello\r\n0\r\n\r\n", "A;x=y\r\n0123456789\r\n0\r\nA: b\r\n\r\nGET", "0\r\n\r\n"].map(bytesOf);
    const heads = ["Transfer-Encoding: chunked\n", "Content-Length: 20\n"];
    fc.assert(
      fc.property(
        bytesNear(seeds),
        fc.constantFrom(...heads),
        fc.array(fc.nat(), { maxLength: 8 }),
        (bytes, headers, cuts) => {
          const whole = bodyOf(headers);
          const passed = whole.pass(bytes);
          const split = bodyOf(headers);
          let sum = 0;
          let start = 0;
          for (const end of [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
            sum += split.pass(bytes.subarray(start, end));
            start = end;
          }
          assert.deepEqual([sum, split.hasEnded, split.isMalformed], [passed, whole.hasEnded, whole.isMalformed]);
          assert.ok(passed <= bytes.length && (passed === bytes.length || whole.hasEnded));
        },
      ),
      { numRuns: CASES },
    );
  });
});
