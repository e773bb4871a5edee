import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Request, requestOf } from "../../src/session/request.ts";
import type { Forwarding } from "../../src/wire/forwarded.ts";
import { requestHead } from "../wire/http1-seeds.ts";

const off: Forwarding = { headers: "off", clientIp: "192.0.2.1", proto: "http", isTrusted: false };

function request(text: string): Request {
  const { head, bytes } = requestHead(text);
  return requestOf(bytes, head, off);
}

function passed({ gate }: Request, text: string): number {
  return gate.pass(Buffer.from(text));
}

describe("requestOf", () => {
  it("asks the backend to close, in place of what the client has sent", () => {
    const { head, headBytes, tunnel } = request("GET / HTTP/1.1\nHost: a\n\n");
    assert.equal(Buffer.from(head).toString(), "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert.deepEqual([headBytes, tunnel], [27, undefined]);
  });

  it("lets the body through, and nothing behind it", () => {
    const post = request("POST / HTTP/1.1\nHost: a\nContent-Length: 5\n\n");
    assert.deepEqual([passed(post, "123"), passed(post, "45GET"), passed(post, " /")], [3, 2, 0]);
    assert.equal(passed(request("GET / HTTP/1.1\nHost: a\n\n"), "GET /"), 0);
  });

  it("knows who asks for a tunnel", () => {
    const upgrade = request("GET / HTTP/1.1\nHost: a\nConnection: Upgrade\nUpgrade: websocket\n\n");
    assert.equal(upgrade.tunnel, "upgrade");
    assert.match(Buffer.from(upgrade.head).toString(), /\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n/);
    const connect = request("CONNECT a:1 HTTP/1.1\nHost: a:1\n\n");
    assert.deepEqual([connect.tunnel, passed(connect, "anything")], ["connect", 0]);
  });

  it("ignores an Upgrade whose body would have to come before the answer", () => {
    const both = "POST / HTTP/1.1\nHost: a\nConnection: Upgrade\nUpgrade: websocket\nContent-Length: 2\n\n";
    const { head, tunnel } = request(both);
    assert.equal(tunnel, undefined);
    assert.match(Buffer.from(head).toString(), /Connection: close/);
    assert.doesNotMatch(Buffer.from(head).toString(), /Upgrade/);
  });
});
