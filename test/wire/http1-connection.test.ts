import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connectionOptionsOf, listOf, upgradeOf } from "../../src/wire/http1-connection.ts";
import { requestHead } from "./http1-seeds.ts";

describe("connectionOptionsOf", () => {
  it("is what all lines of Connection name, in lower case", () => {
    const { head } = requestHead("GET / HTTP/1.1\nHost: a\nConnection: Keep-Alive ,,X-a\nconnection: Close\n\n");
    assert.deepEqual([...connectionOptionsOf(head)], ["keep-alive", "x-a", "close"]);
  });
});

describe("upgradeOf", () => {
  for (const [upgrade, text] of [
    ["websocket", "GET / HTTP/1.1\nHost: a\nConnection: keep-alive, Upgrade\nUpgrade: websocket\n\n"],
    ["A/1, b", "GET / HTTP/1.1\nHost: a\nConnection: upgrade\nUpgrade: A/1\nUpgrade: h2c, b\n\n"],
    [undefined, "GET / HTTP/1.1\nHost: a\nConnection: Upgrade, HTTP2-Settings\nUpgrade: h2c\nHTTP2-Settings: AAA\n\n"],
    [undefined, "GET / HTTP/1.1\nHost: a\nUpgrade: websocket\n\n"],
    [undefined, "GET / HTTP/1.1\nHost: a\nConnection: Upgrade\n\n"],
    [undefined, "GET / HTTP/1.0\nConnection: Upgrade\nUpgrade: websocket\n\n"],
    [undefined, "CONNECT a:1 HTTP/1.1\nHost: a\nConnection: Upgrade\nUpgrade: websocket\n\n"],
  ] as const) {
    it(`is ${upgrade} in ${JSON.stringify(text)}`, () => {
      assert.equal(upgradeOf(requestHead(text).head), upgrade);
    });
  }
});

describe("listOf", () => {
  it("has the members of all lines in their order", () => {
    const { head } = requestHead("GET / HTTP/1.1\nHost: a\nX: b, c\nY: d\nx:  ,e\n\n");
    assert.deepEqual(listOf(head, "x"), ["b", "c", "e"]);
    assert.deepEqual(listOf(head, "z"), []);
  });
});
