import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { ProxyTlv } from "../../src/wire/proxy-header.ts";
import { splitTlvs, TLV, tlvText, tlvTexts } from "../../src/wire/proxy-tlv.ts";

const tlv = (type: number, value: string | Uint8Array): ProxyTlv => ({
  type,
  value: typeof value === "string" ? Buffer.from(value, "latin1") : value,
});

/** A TLS client without a certificate, with its version and its cipher. */
const ssl = tlv(TLV.ssl, "\x01\0\0\0\0" + "\x21\0\x07TLSv1.3" + "\x23\0\x03AES");

describe("tlvText", () => {
  it("is what the clouds say of where a client came from", () => {
    assert.equal(tlvText([tlv(0xea, "\x01vpce-08d2bf15fac5001c9")], TLV.aws), "vpce-08d2bf15fac5001c9");
    assert.equal(tlvText([tlv(0xee, Uint8Array.of(1, 0xc1, 0x45, 0x03, 0x21))], TLV.azure), "553862593");
    assert.equal(
      tlvText([tlv(0xe0, Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff))], TLV.gcp),
      "18446744073709551615",
    );
  });

  it("is the text of what is text, and hex of what is not", () => {
    const tlvs = [
      tlv(TLV.alpn, "h2"),
      tlv(TLV.authority, "example.com"),
      tlv(TLV.uniqueId, Uint8Array.of(0, 1, 0xfe)),
      tlv(0xe5, ""),
    ];
    assert.equal(tlvText(tlvs, TLV.alpn), "h2");
    assert.equal(tlvText(tlvs, TLV.authority), "example.com");
    assert.equal(tlvText(tlvs, TLV.uniqueId), "0001fe");
    assert.equal(tlvText(tlvs, 0xe5), "");
    assert.equal(tlvText(tlvs, 0xe6), undefined);
  });

  it("is hex for a cloud's of another shape", () => {
    assert.equal(tlvText([tlv(0xea, "\x02x")], TLV.aws), "0278");
    assert.equal(tlvText([tlv(0xee, Uint8Array.of(1, 2))], TLV.azure), "0102");
    assert.equal(tlvText([tlv(0xe0, Uint8Array.of(1))], TLV.gcp), "01");
  });

  it("finds what is within the one of SSL", () => {
    assert.equal(tlvText([ssl], TLV.sslVersion), "TLSv1.3");
    assert.equal(tlvText([ssl], TLV.sslCipher), "AES");
    assert.equal(tlvText([ssl], TLV.sslCommonName), undefined);
    assert.equal(tlvText([ssl], TLV.ssl), "verified");
    assert.equal(tlvText([tlv(TLV.ssl, "\x07\0\0\0\x01")], TLV.ssl), "unverified");
  });

  it("takes the first of several", () => {
    assert.equal(tlvText([tlv(0xe5, "a"), tlv(0xe5, "b")], 0xe5), "a");
  });
});

describe("tlvTexts", () => {
  it("names them all, but for the checksum and the padding", () => {
    const tlvs = [tlv(TLV.alpn, "h2"), tlv(TLV.noop, "\0\0"), tlv(TLV.crc32c, "abcd"), ssl, tlv(0xe5, "x")];
    assert.deepEqual(tlvTexts(tlvs), {
      alpn: "h2",
      ssl: "verified",
      "ssl-version": "TLSv1.3",
      "ssl-cipher": "AES",
      "0xE5": "x",
    });
  });
});

describe("splitTlvs", () => {
  it("gives them in their order", () => {
    const bytes = Uint8Array.of(1, 0, 2, 0x68, 0x32, 4, 0, 0);
    assert.deepEqual(
      splitTlvs(bytes)?.map(({ type, value }) => [type, ...value]),
      [[1, 0x68, 0x32], [4]],
    );
    assert.deepEqual(splitTlvs(new Uint8Array()), []);
  });

  it("is undefined where the last one is cut off", () => {
    for (const bytes of [[1], [1, 0], [1, 0, 1], [4, 0, 0, 1, 1, 0, 9]])
      assert.equal(splitTlvs(Uint8Array.from(bytes)), undefined);
  });

  it("never throws, nor do the texts", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const tlvs = splitTlvs(bytes);
        if (tlvs === undefined) return;
        tlvTexts(tlvs);
        for (const { type } of tlvs) assert.equal(typeof tlvText(tlvs, type), "string");
      }),
    );
  });
});
