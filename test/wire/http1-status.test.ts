import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readHttp1Status } from "../../src/wire/http1-status.ts";
import { bytesOf, lines } from "./http1-seeds.ts";
import { describeReader } from "./reader.contract.ts";

const SWITCH = lines("HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\n\n");

describeReader(
  "readHttp1Status",
  readHttp1Status,
  [`${SWITCH}\x81\x05hello`, lines("HTTP/1.0 200\n\nbody"), "HTTP/1.1 404 Not Found\nA: b\n\n", "+OK\r\n"].map(bytesOf),
);

describe("readHttp1Status", () => {
  it("reads the first head, whoever it ends its lines", () => {
    for (const [text, status] of [
      [SWITCH, 101],
      [lines("HTTP/1.1 100 Continue\n\n"), 100],
      [lines("HTTP/1.0 200\n\n"), 200],
      [lines("HTTP/1.1 200 \nA: b\n\n"), 200],
      ["HTTP/1.1 503 No\nA: b\n\n", 503],
    ] as const) {
      assert.deepEqual(readHttp1Status(bytesOf(`${text}behind`)), {
        kind: "match",
        value: { status },
        byteCount: text.length,
      });
    }
  });

  it("says no to what can't be an answer of HTTP/1, at once", () => {
    for (const text of [
      "h",
      "HTTP/2",
      "HTTP/1.2",
      "HTTP/1.1  ",
      "HTTP/1.1 2x",
      "HTTP/1.1 099 \r\n",
      "HTTP/1.1 2000\n",
      "HTTP/1.1 20\n",
    ]) {
      assert.deepEqual(readHttp1Status(bytesOf(text)), { kind: "no" }, text);
    }
  });

  it("waits for no more than 64 KiB", () => {
    const endless = bytesOf(`HTTP/1.1 200 OK\r\nA: ${"b".repeat(70_000)}\r\n\r\n`);
    assert.equal(readHttp1Status(endless.subarray(0, 65_535)).kind, "more");
    assert.equal(readHttp1Status(endless.subarray(0, 65_536)).kind, "no");
    assert.equal(readHttp1Status(endless).kind, "no");
  });
});
