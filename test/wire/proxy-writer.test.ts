import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { SocketAddress } from "../../src/wire/address.ts";
import { formatIp, IP_WORDS, readIp } from "../../src/wire/ip.ts";
import { readProxyHeader } from "../../src/wire/proxy-reader.ts";
import { TLV, tlvText } from "../../src/wire/proxy-tlv.ts";
import { type ProxyClaim, writeProxyHeader } from "../../src/wire/proxy-writer.ts";
import { anyIp } from "./ips.ts";

const ip = (text: string, port: number): SocketAddress => ({ kind: "ip", ip: text, port });
const unix: SocketAddress = { kind: "unix", path: "/run/x.sock" };
const client = ip("192.0.2.1", 56_324);
const listener = ip("198.51.100.2", 443);

const v1 = (
  source: SocketAddress | undefined,
  destination: SocketAddress | undefined,
  more: Partial<ProxyClaim> = {},
): string => Buffer.from(writeProxyHeader({ version: "v1", source, destination, ...more })).toString();

describe("writeProxyHeader, version 1", () => {
  it("names the client", () => {
    assert.equal(v1(client, listener), "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n");
    assert.equal(v1(ip("2001:DB8::1", 1), ip("::1", 2)), "PROXY TCP6 2001:db8::1 ::1 1 2\r\n");
    assert.equal(v1(ip("::ffff:192.0.2.1", 1), listener), "PROXY TCP4 192.0.2.1 198.51.100.2 1 443\r\n");
  });

  it("writes two families as IPv6", () => {
    assert.equal(v1(client, ip("::1", 80)), "PROXY TCP6 ::ffff:192.0.2.1 ::1 56324 80\r\n");
  });

  it("says UNKNOWN of what it can't name", () => {
    for (const [source, destination] of [
      [unix, unix],
      [undefined, listener],
      [client, undefined],
      [unix, listener],
    ] as const) {
      assert.equal(v1(source, destination), "PROXY UNKNOWN\r\n");
    }
    assert.equal(v1(ip("1.1.1.1\r\nX", 1), listener), "PROXY UNKNOWN\r\n");
    assert.equal(v1(ip("192.0.2.1", 70_000), listener), "PROXY UNKNOWN\r\n");
    assert.equal(v1(ip("192.0.2.1", -1), listener), "PROXY UNKNOWN\r\n");
    assert.equal(v1(client, listener, { isLocal: true }), "PROXY UNKNOWN\r\n");
  });
});

describe("writeProxyHeader, version 2", () => {
  const v2 = (claim: Partial<ProxyClaim>): Buffer =>
    Buffer.from(writeProxyHeader({ version: "v2", source: client, destination: listener, ...claim }));

  it("writes the bytes of the specification", () => {
    const start = "0d0a0d0a000d0a515549540a";
    assert.equal(v2({}).toString("hex"), `${start}2111000cc0000201c6336402dc0401bb`);
    assert.equal(v2({ source: unix, destination: unix }).toString("hex"), `${start}21000000`);
    assert.equal(v2({ isLocal: true }).toString("hex"), `${start}20000000`);
    const mixed = `00000000000000000000ffffc0000201${"0".repeat(31)}1dc040050`;
    assert.equal(v2({ destination: ip("::1", 80) }).toString("hex"), `${start}21210024${mixed}`);
  });

  it("writes what it is asked for beside the addresses", () => {
    const bytes = v2({
      authority: "www.example.com",
      alpn: "h2",
      uniqueId: "0190-af",
      custom: [{ type: 0xe5, value: "site-ä" }],
      crc32c: true,
    });
    const verdict = readProxyHeader(bytes);
    assert.ok(verdict.kind === "match");
    const { tlvs } = verdict.value;
    assert.equal(tlvText(tlvs, TLV.authority), "www.example.com");
    assert.equal(tlvText(tlvs, TLV.alpn), "h2");
    assert.equal(tlvText(tlvs, TLV.uniqueId), "0190-af");
    assert.equal(tlvText(tlvs, 0xe5), Buffer.from("site-ä").toString("hex"));
    assert.equal(tlvs.at(-1)?.type, TLV.crc32c);
  });

  it("leaves out what is empty or too long, and cuts an id", () => {
    const verdict = readProxyHeader(v2({ authority: "", alpn: "x".repeat(256), uniqueId: "y".repeat(200) }));
    assert.ok(verdict.kind === "match");
    assert.deepEqual(
      verdict.value.tlvs.map(({ type, value }) => [type, value.length]),
      [[TLV.uniqueId, 128]],
    );
  });

  it("writes what is read again, in both versions", () => {
    const plain = (text: string): string => {
      const words = new Uint32Array(IP_WORDS);
      assert.ok(readIp(text, words));
      return formatIp(words);
    };
    const port = fc.nat(65_535);
    fc.assert(
      fc.property(
        fc.constantFrom("v1" as const, "v2" as const),
        anyIp,
        port,
        anyIp,
        port,
        (version, from, sourcePort, to, port2) => {
          const bytes = writeProxyHeader({ version, source: ip(from, sourcePort), destination: ip(to, port2) });
          assert.deepEqual(readProxyHeader(bytes), {
            kind: "match",
            byteCount: bytes.length,
            value: { version, source: ip(plain(from), sourcePort), destination: ip(plain(to), port2), tlvs: [] },
          });
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
