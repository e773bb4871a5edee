import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Peeking, SILENT } from "../../src/session/peeking.ts";
import { Visitor } from "../../src/session/visitor.ts";
import type { ProxyHeader } from "../../src/wire/proxy-header.ts";

const SOCKET = { remoteAddress: "10.0.0.9:40000", remoteIp: "10.0.0.9" };
const HEADER: ProxyHeader = {
  version: "v2",
  source: { kind: "ip", ip: "2001:db8::7", port: 4711 },
  destination: undefined,
  tlvs: [],
};

describe("Visitor", () => {
  it("is whom the socket says, without a header or with one that names nobody", () => {
    for (const proxy of [undefined, { ...HEADER, source: undefined }]) {
      const visitor = new Visitor(SOCKET);
      visitor.proxy = proxy;
      assert.deepEqual([visitor.address, visitor.ip, visitor.peer], ["10.0.0.9:40000", "10.0.0.9", null]);
    }
  });

  it("forgets a head and keeps what the record says of it", () => {
    const visitor = new Visitor(SOCKET);
    const rule = { as: "http", timeoutMs: 1, byteCount: 16_384, strict: true } as const;
    const look = new Peeking(rule, 0).look(Buffer.from("GET /x?y HTTP/1.1\r\nHost: A:80\r\n\r\n"), false);
    assert.ok(look.kind === "sight");
    visitor.sight = look;
    const { seen } = visitor;
    assert.deepEqual(seen, { protocol: "http", host: "a", method: "GET", path: "/x", sni: null, alpn: null });
    visitor.settle();
    assert.deepEqual([visitor.sight, visitor.seen, visitor.protocol], [undefined, seen, "http"]);
  });

  it("is whom a header names, and keeps the socket's own name beside it", () => {
    const visitor = new Visitor(SOCKET);
    visitor.proxy = HEADER;
    assert.deepEqual(
      [visitor.address, visitor.ip, visitor.peer],
      ["[2001:db8::7]:4711", "2001:db8::7", "10.0.0.9:40000"],
    );
    visitor.sight = SILENT;
    const { clientIp, protocol, proxy } = visitor.shownAs("silent");
    assert.deepEqual([clientIp, protocol, proxy], ["2001:db8::7", "silent", HEADER]);
  });
});
