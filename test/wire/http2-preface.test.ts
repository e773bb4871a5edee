import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readHttp1Head } from "../../src/wire/http1-head.ts";
import { readHttp2Preface } from "../../src/wire/http2-preface.ts";
import { bytesOf, cleanRequests, otherProtocols } from "./http1-seeds.ts";
import { describeReader } from "./reader.contract.ts";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

describeReader(
  "readHttp2Preface",
  readHttp2Preface,
  [PREFACE, `${PREFACE}\0\0\0\x04`, ...otherProtocols, ...cleanRequests].map(bytesOf),
);

describe("readHttp2Preface", () => {
  it("takes the preface, and nothing of the frames behind it", () => {
    const verdict = { kind: "match", value: undefined, byteCount: 24 };
    assert.deepEqual(readHttp2Preface(bytesOf(PREFACE)), verdict);
    assert.deepEqual(readHttp2Preface(bytesOf(`${PREFACE}\0\0\x12\x04`)), verdict);
  });

  it("says no at the first byte that differs", () => {
    assert.deepEqual(readHttp2Preface(bytesOf("POST")), { kind: "no" });
    assert.deepEqual(readHttp2Preface(bytesOf("PRI * HTTP/1")), { kind: "no" });
    assert.deepEqual(readHttp2Preface(bytesOf("PRI ")), { kind: "more", atLeast: 5 });
  });

  it("is never a request of HTTP/1 as well, whatever part of it is there", () => {
    for (let end = 0; end <= PREFACE.length; end++) {
      assert.notEqual(readHttp1Head(bytesOf(PREFACE.slice(0, end))).kind, "match");
    }
  });
});
