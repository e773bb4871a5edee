import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SILENT } from "../../src/session/peeking.ts";
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
