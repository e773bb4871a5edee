import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { ProxyHeader } from "../../src/wire/proxy-header.ts";
import { readProxyHeader } from "../../src/wire/proxy-reader.ts";
import type { Verdict } from "../../src/wire/verdict.ts";
import {
  anyHeader,
  IPV4_ADDRESSES,
  IPV6_ADDRESSES,
  nearlyHeader,
  SIGNATURE,
  tlvBytes,
  v2Bytes,
} from "./proxy-headers.ts";
import { describeReader } from "./reader.contract.ts";

/** FUZZ_FACTOR asks for more. */
const RUNS = 4_000 * Number(process.env["FUZZ_FACTOR"] ?? 1);
/** 16 bytes and 4 KiB. */
const CAP_BYTES = 4_112;

/** Reads as a session does: when there are as many bytes as were asked for, at least. */
function readInParts(bytes: Uint8Array, sizes: readonly number[]): Verdict<ProxyHeader> {
  let length = 0;
  let verdict = readProxyHeader(new Uint8Array());
  for (let part = 0; verdict.kind === "more" && length < bytes.length; part++) {
    length = Math.min(bytes.length, length + (sizes[part % sizes.length] ?? 1));
    if (length >= verdict.atLeast || length === bytes.length) verdict = readProxyHeader(bytes.subarray(0, length));
  }
  return verdict;
}

describe("readProxyHeader", () => {
  it("wants a byte at least", () => {
    assert.deepEqual(readProxyHeader(new Uint8Array()), { kind: "more", atLeast: 1 });
  });

  it("knows that other protocols are none at their first bytes", () => {
    for (const text of ["G", "POST", "\x16\x03\x01", "SSH-2.0", "\r\n\r\nQ", "\0", "PRI * HTTP"]) {
      assert.equal(readProxyHeader(Buffer.from(text, "latin1")).kind, "no", JSON.stringify(text));
    }
  });

  it("takes the versions that are accepted only", () => {
    const v1 = Buffer.from("PROXY UNKNOWN\r\n");
    assert.equal(readProxyHeader(v1, ["v1"]).kind, "match");
    assert.equal(readProxyHeader(v1, ["v2"]).kind, "no");
    assert.equal(readProxyHeader(SIGNATURE, ["v1"]).kind, "no");
    assert.equal(readProxyHeader(SIGNATURE, ["v2"]).kind, "more");
  });

  it("reads any header, with what follows left alone", () => {
    fc.assert(
      fc.property(anyHeader, fc.uint8Array({ maxLength: 50 }), (header, payload) => {
        const verdict = readProxyHeader(Buffer.concat([header, payload]));
        assert.ok(verdict.kind === "match");
        // A line of UNKNOWN may hold a CRLF by chance.
        if (!header.includes("UNKNOWN")) assert.equal(verdict.byteCount, header.length);
      }),
      { numRuns: 1_000 },
    );
  });

  it("comes to the same verdict however the bytes are split, and says truly how many it needs", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(nearlyHeader, fc.uint8Array({ maxLength: 20 }), sizes, (header, payload, parts) => {
        const bytes = Buffer.concat([header, payload]);
        assert.deepEqual(readInParts(bytes, parts), readProxyHeader(bytes));
        assert.deepEqual(readInParts(bytes, [1]), readProxyHeader(bytes));
      }),
      { numRuns: RUNS },
    );
  });

  it("keeps its verdict when more bytes come, changes none of them, and never throws", () => {
    fc.assert(
      fc.property(nearlyHeader, fc.uint8Array({ maxLength: 100 }), (bytes, others) => {
        const before = Buffer.from(bytes);
        const verdict = readProxyHeader(bytes);
        assert.deepEqual(bytes, before);
        if (verdict.kind !== "more") assert.deepEqual(readProxyHeader(Buffer.concat([bytes, others])), verdict);
        else assert.ok(verdict.atLeast > bytes.length && verdict.atLeast <= CAP_BYTES);
      }),
      { numRuns: RUNS },
    );
  });

  it("has come to a verdict when as much is there as the longest header has", () => {
    fc.assert(
      fc.property(nearlyHeader, (bytes) => {
        const padded = Buffer.concat([bytes, Buffer.alloc(CAP_BYTES, 0x78)]);
        const verdict = readProxyHeader(padded);
        assert.notEqual(verdict.kind, "more");
        // What lies behind the cap changes nothing.
        assert.deepEqual(readProxyHeader(padded.subarray(0, CAP_BYTES)), verdict);
      }),
      { numRuns: RUNS },
    );
  });

  it("refuses a header of 64 KiB when its length is there, and a line that never ends", () => {
    assert.equal(readProxyHeader(Buffer.concat([SIGNATURE, Buffer.from([0x21, 0x11, 0xff, 0xff])])).kind, "no");
    assert.equal(readProxyHeader(Buffer.from(`PROXY UNKNOWN${" ".repeat(65_536)}`)).kind, "no");
  });
});

describeReader("readProxyHeader", (bytes) => readProxyHeader(bytes), [
  Buffer.from("PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\nGET / HTTP/1.1\r\n"),
  Buffer.from("PROXY TCP6 2001:db8::1 ::ffff:192.0.2.1 1 65535\r\n"),
  Buffer.from("PROXY UNKNOWN\r\n"),
  v2Bytes([0x21, 0x11], IPV4_ADDRESSES),
  v2Bytes([0x21, 0x21], Buffer.concat([IPV6_ADDRESSES, tlvBytes(1, "h2"), tlvBytes(2, "www.example.com")])),
  v2Bytes([0x21, 0x11], Buffer.concat([IPV4_ADDRESSES, tlvBytes(0xea, "\x01vpce-08d2bf15fac5001c9")])),
  v2Bytes([0x21, 0x31], Buffer.alloc(216)),
  v2Bytes([0x20, 0x00], Buffer.alloc(0)),
]);
