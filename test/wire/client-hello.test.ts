import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type ClientHello, readClientHello } from "../../src/wire/client-hello.ts";
import { chromiumHello, curlHello, nodeHello, openssl12Hello, opensslHello, pythonHello } from "./captured-hellos.ts";
import {
  alpn,
  extension,
  helloWith,
  message,
  records,
  serverName,
  supportedVersions,
  uint8,
  uint16,
  vector,
} from "./hello-bytes.ts";
import { bytesOf, otherProtocols } from "./http1-seeds.ts";
import { describeReader } from "./reader.contract.ts";

const captured = [nodeHello, opensslHello, openssl12Hello, curlHello, pythonHello, chromiumHello].map(
  ({ bytes }) => bytes,
);
const named = message([serverName("Example.COM."), alpn("h2", "http/1.1"), supportedVersions(0x0304, 0x0303)]);

describeReader("readClientHello", readClientHello, [
  ...captured,
  records(named),
  records(named, 20),
  records(named, 1),
  records(message(undefined)),
  ...otherProtocols.map(bytesOf),
]);

function helloOf(bytes: Uint8Array): ClientHello {
  const verdict = readClientHello(bytes);
  return verdict.kind === "match" ? verdict.value : assert.fail(verdict.kind);
}

describe("readClientHello", () => {
  const http = ["h2", "http/1.1"];
  for (const [{ client, bytes }, sni, protocols, version] of [
    [nodeHello, "node.example.com", http, "1.3"],
    [opensslHello, "openssl.example.com", http, "1.3"],
    [openssl12Hello, undefined, [], "1.2"],
    [curlHello, "curl.example.com", http, "1.3"],
    [pythonHello, "python.example.com", [], "1.3"],
    [chromiumHello, "chromium.example.com", http, "1.3"],
  ] as const) {
    it(`reads what ${client} says`, () => {
      const value = { sni, alpn: protocols, version };
      assert.deepEqual(readClientHello(bytes), { kind: "match", value, byteCount: bytes.length });
      // In Chromium's there is GREASE, in all lists.
      assert.ok(!helloOf(bytes).alpn.some((protocol) => !http.includes(protocol)));
    });
  }

  it("reads a hello in any number of records, and leaves what follows", () => {
    for (const maxBytes of [1, 3, 4, 5, 50, 16_384]) {
      const bytes = records(named, maxBytes);
      assert.deepEqual(readClientHello(Buffer.concat([bytes, bytesOf("more")])), {
        kind: "match",
        value: { sni: "example.com", alpn: http, version: "1.3" },
        byteCount: bytes.length,
      });
    }
  });

  it("asks for the whole record as soon as it knows how long that is", () => {
    const bytes = records(named);
    assert.deepEqual(readClientHello(bytes.subarray(0, 4)), { kind: "more", atLeast: 5 });
    assert.deepEqual(readClientHello(bytes.subarray(0, 9)), { kind: "more", atLeast: bytes.length });
  });

  it("leaves GREASE out", () => {
    const hello = helloOf(helloWith(alpn("\x0a\x0a", "h2", "\xfa\xfa", "\x0a\x1a"), supportedVersions(0x7a7a, 0x0303)));
    assert.deepEqual(hello, { sni: undefined, alpn: ["h2", "\x0a\x1a"], version: "1.2" });
  });

  it("takes the outer name where there is ECH", () => {
    const hello = helloWith(extension(0xfe0d, bytesOf("sealed: inner.example.com")), serverName("outer.example.com"));
    assert.equal(helloOf(hello).sni, "outer.example.com");
  });

  it("knows the version without the extension for it", () => {
    for (const [legacyVersion, version] of [
      [0x0301, "1.0"],
      [0x0302, "1.1"],
      [0x0303, "1.2"],
      [0x0304, "1.2"],
    ] as const) {
      for (const extensions of [undefined, []]) {
        assert.equal(helloOf(records(message(extensions, legacyVersion))).version, version);
      }
    }
  });

  it("says no to SSLv2, SSLv3 and versions not known", () => {
    const sslv2 = Uint8Array.of(0x80, 0x2e, 1, 3, 1, 0, 0x15, 0, 0, 0, 0x10);
    const unknown = [sslv2, records(message(undefined, 0x0300)), helloWith(supportedVersions(0x0305))];
    for (const bytes of unknown) assert.deepEqual(readClientHello(bytes), { kind: "no" });
  });

  for (const [what, bytes] of [
    ["another record", Uint8Array.of(23)],
    ["another major version", Uint8Array.of(22, 4)],
    ["an empty record", Uint8Array.of(22, 3, 1, 0, 0)],
    ["another message", Uint8Array.of(22, 3, 1, 0, 4, 2)],
    ["a record beyond 16 KiB", Uint8Array.of(22, 3, 1, 0x40, 0)],
    ["a hello beyond 16 KiB", Uint8Array.of(22, 3, 1, 1, 0, 1, 0, 0x40, 0)],
    ["records beyond 16 KiB", Buffer.concat([records(message([extension(9, Buffer.alloc(15_000))]), 5)])],
    ["two server names", helloWith(serverName("a"), serverName("b"))],
    [
      "two names in one extension",
      helloWith(extension(0, vector(2, uint8(0), vector(2, bytesOf("a")), uint8(0), vector(2, bytesOf("b"))))),
    ],
    ["an empty server name", helloWith(serverName(""))],
    ["a NUL in the server name", helloWith(serverName("a\0b"))],
    ["a server name longer than its extension", helloWith(extension(0, uint16(9), uint8(0)))],
    ["a byte behind the server name", helloWith(extension(0, vector(2), uint8(0)))],
    ["an empty protocol", helloWith(alpn(""))],
    ["no protocol", helloWith(alpn())],
    ["half a version", helloWith(extension(43, vector(1, uint8(3))))],
    [
      "extensions cut short",
      records(Buffer.concat([uint8(1), vector(3, message(undefined).subarray(4), uint16(4), uint16(0))])),
    ],
    ["bytes behind the extensions", records(Buffer.concat([uint8(1), vector(3, message([]).subarray(4), uint8(0))]))],
    ["a hello cut short", records(Buffer.concat([uint8(1), vector(3, uint16(0x0303))]))],
  ] as const) {
    it(`says no to ${what}`, () => {
      assert.deepEqual(readClientHello(bytes), { kind: "no" });
    });
  }
});
