import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { crc32c } from "../../src/wire/crc32c.ts";
import { LONGEST_V2_REST_BYTES, readProxyV2, V2_START_BYTES, writeProxyV2 } from "../../src/wire/proxy-v2.ts";
import { IPV4_ADDRESSES, IPV6_ADDRESSES, SIGNATURE, tlvBytes, v2Bytes } from "./proxy-headers.ts";

/** `source > destination` and the TLVs, or the kind of the verdict. */
function read(bytes: Uint8Array): string {
  const verdict = readProxyV2(bytes);
  if (verdict.kind !== "match") return verdict.kind;
  const { source, destination, tlvs, version } = verdict.value;
  assert.equal(version, "v2");
  const texts = tlvs
    .map(({ type, value }) => ` ${type.toString(16)}=${Buffer.from(value).toString("latin1")}`)
    .join("");
  if (source === undefined && destination === undefined) return `unknown${texts}`;
  assert.ok(source?.kind === "ip" && destination?.kind === "ip");
  return `${source.ip} ${source.port} > ${destination.ip} ${destination.port}${texts}`;
}

const KNOWN_IPV4 = "192.0.2.1 56324 > 198.51.100.2 443";

describe("readProxyV2", () => {
  it("reads addresses of both families", () => {
    assert.equal(read(v2Bytes([0x21, 0x11], IPV4_ADDRESSES)), KNOWN_IPV4);
    assert.equal(read(v2Bytes([0x21, 0x21], IPV6_ADDRESSES)), "2001:db8::1 56324 > 2001:db8::2 443");
    const mapped = Buffer.from(`${"00000000000000000000ffffc0000201".repeat(2)}00010002`, "hex");
    assert.equal(read(v2Bytes([0x21, 0x21], mapped)), "192.0.2.1 1 > 192.0.2.1 2");
  });

  it("keeps TLVs and what follows the header apart", () => {
    const header = v2Bytes(
      [0x21, 0x11],
      Buffer.concat([IPV4_ADDRESSES, tlvBytes(1, "h2"), tlvBytes(0xea, "\x01vpce-1")]),
    );
    const verdict = readProxyV2(Buffer.concat([header, Buffer.from("GET / HTTP/1.1\r\n")]));
    assert.ok(verdict.kind === "match");
    assert.equal(verdict.byteCount, header.length);
    assert.equal(read(header), `${KNOWN_IPV4} 1=h2 ea=\x01vpce-1`);
  });

  it("copies TLVs: they outlive the buffer", () => {
    const header = v2Bytes([0x21, 0x11], Buffer.concat([IPV4_ADDRESSES, tlvBytes(2, "a.example")]));
    const verdict = readProxyV2(header);
    header.fill(0);
    assert.ok(verdict.kind === "match");
    assert.equal(Buffer.from(verdict.value.tlvs[0]?.value ?? []).toString(), "a.example");
  });

  it("takes LOCAL with any family and length, and discards what it holds", () => {
    assert.equal(read(v2Bytes([0x20, 0x00], Buffer.alloc(0))), "unknown");
    assert.equal(read(v2Bytes([0x20, 0x11], IPV4_ADDRESSES)), "unknown");
    assert.equal(read(v2Bytes([0x20, 0xff], Buffer.from("what is that?"))), "unknown");
    assert.equal(read(v2Bytes([0x20, 0x11], Buffer.alloc(3))), "unknown");
  });

  it("takes UNSPEC for a client of which nothing is known", () => {
    assert.equal(read(v2Bytes([0x21, 0x00], Buffer.alloc(0))), "unknown");
    assert.equal(read(v2Bytes([0x21, 0x00], tlvBytes(5, "id"))), "unknown 5=id");
    assert.equal(read(v2Bytes([0x21, 0x00], Buffer.from("neither this nor that"))), "unknown");
    assert.equal(read(v2Bytes([0x21, 0x01], Buffer.alloc(0))), "unknown");
    assert.equal(read(v2Bytes([0x21, 0x10], IPV4_ADDRESSES)), "unknown");
  });

  it("takes a client on a unix socket for unknown", () => {
    assert.equal(read(v2Bytes([0x21, 0x31], Buffer.concat([Buffer.alloc(216), tlvBytes(1, "h2")]))), "unknown 1=h2");
  });

  it("refuses what is reserved, and UDP, at the byte that says so", () => {
    for (let byte = 0; byte < 256; byte++) {
      const known = [0x00, 0x01, 0x10, 0x11, 0x20, 0x21, 0x30, 0x31].includes(byte);
      const start = Buffer.concat([SIGNATURE, Buffer.from([0x21, byte])]);
      assert.equal(read(start), known ? "more" : "no", byte.toString(16));
      assert.equal(
        readProxyV2(v2Bytes([0x21, byte], Buffer.alloc(300))).kind,
        known ? "match" : "no",
        byte.toString(16),
      );
    }
    for (let byte = 0; byte < 256; byte++) {
      const start = Buffer.concat([SIGNATURE, Buffer.from([byte])]);
      assert.equal(read(start), byte === 0x20 || byte === 0x21 ? "more" : "no", byte.toString(16));
    }
  });

  it("refuses a length that is shorter than the addresses", () => {
    assert.equal(read(v2Bytes([0x21, 0x11], IPV4_ADDRESSES.subarray(0, 11))), "no");
    assert.equal(read(v2Bytes([0x21, 0x21], IPV6_ADDRESSES.subarray(0, 35))), "no");
    assert.equal(read(v2Bytes([0x21, 0x31], Buffer.alloc(215))), "no");
  });

  it("waits for all that the length says, and no longer", () => {
    const header = v2Bytes([0x21, 0x11], Buffer.concat([IPV4_ADDRESSES, tlvBytes(1, "h2")]));
    for (let length = 1; length < header.length; length++) {
      const atLeast = length < V2_START_BYTES ? length + 1 : header.length;
      assert.deepEqual(readProxyV2(header.subarray(0, length)), { kind: "more", atLeast });
    }
    assert.deepEqual(readProxyV2(v2Bytes([0x21, 0x11], IPV4_ADDRESSES, 500)), { kind: "more", atLeast: 516 });
  });

  it("takes 4 KiB of TLVs and refuses more, as soon as the length says so", () => {
    const room = LONGEST_V2_REST_BYTES - 12 - 3;
    const full = v2Bytes([0x21, 0x11], Buffer.concat([IPV4_ADDRESSES, tlvBytes(4, Buffer.alloc(room))]));
    assert.equal(readProxyV2(full).kind, "match");
    assert.equal(read(v2Bytes([0x21, 0x11], IPV4_ADDRESSES, LONGEST_V2_REST_BYTES + 1)), "no");
    assert.equal(read(v2Bytes([0x20, 0x00], Buffer.alloc(65_535))), "no");
    assert.equal(read(Buffer.concat([SIGNATURE, Buffer.from([0x21, 0x11, 0xff])])), "no");
  });

  it("refuses a signature that is not one at the byte that differs", () => {
    for (let index = 0; index < SIGNATURE.length; index++) {
      const wrong = Buffer.from(SIGNATURE.subarray(0, index + 1));
      wrong[index] = 0x58;
      assert.equal(read(wrong), "no");
    }
  });

  it("refuses TLVs that are cut off or have no room for what they are", () => {
    const withTlvs = (...tlvs: readonly Uint8Array[]): string =>
      read(v2Bytes([0x21, 0x11], Buffer.concat([IPV4_ADDRESSES, ...tlvs])));
    assert.equal(withTlvs(Buffer.from([1])), "no");
    assert.equal(withTlvs(Buffer.from([1, 0])), "no");
    assert.equal(withTlvs(Buffer.from([1, 0, 1])), "no");
    assert.equal(withTlvs(Buffer.from([1, 0xff, 0xff, 0x68, 0x32])), "no");
    assert.equal(withTlvs(tlvBytes(3, "abc")), "no");
    assert.equal(withTlvs(tlvBytes(5, "x".repeat(129))), "no");
    assert.equal(withTlvs(tlvBytes(0x20, "\x01\0\0\0")), "no");
    assert.equal(withTlvs(tlvBytes(0x20, "\x01\0\0\0\0\x21\0\x09TLSv1.3")), "no");
    assert.equal(
      withTlvs(tlvBytes(0x20, "\x01\0\0\0\0\x21\0\x07TLSv1.3")),
      `${KNOWN_IPV4} 20=\x01\0\0\0\0\x21\0\x07TLSv1.3`,
    );
  });

  it("checks the checksum where there is one", () => {
    const checked = (sum: (right: number) => number): Buffer => {
      const header = v2Bytes(
        [0x21, 0x11],
        Buffer.concat([IPV4_ADDRESSES, tlvBytes(3, Buffer.alloc(4)), tlvBytes(1, "h2")]),
      );
      header.writeUInt32BE(sum(crc32c(header)), V2_START_BYTES + 12 + 3);
      return header;
    };
    assert.equal(readProxyV2(checked((right) => right)).kind, "match");
    assert.equal(read(checked((right) => (right ^ 1) >>> 0)), "no");
    assert.equal(read(checked(() => 0)), "no");
    const changed = checked((right) => right);
    changed[V2_START_BYTES] = 193;
    assert.equal(read(changed), "no");
  });
});

describe("writeProxyV2", () => {
  const addresses = {
    family: 4,
    source: { words: Uint32Array.of(0, 0, 0xffff, 0xc0000201), port: 56_324 },
    destination: { words: Uint32Array.of(0, 0, 0xffff, 0xc6336402), port: 443 },
  } as const;

  it("writes what is read, and counts the TLVs in its length", () => {
    const tlvs = [{ type: 1, value: Buffer.from("h2") }];
    const bytes = writeProxyV2({ command: "proxy", addresses, tlvs, hasChecksum: false });
    assert.deepEqual(Buffer.from(bytes), v2Bytes([0x21, 0x11], Buffer.concat([IPV4_ADDRESSES, tlvBytes(1, "h2")])));
  });

  it("puts a checksum at the end", () => {
    const bytes = writeProxyV2({ command: "proxy", addresses, tlvs: [], hasChecksum: true });
    assert.equal(readProxyV2(bytes).kind, "match");
    const verdict = readProxyV2(bytes);
    assert.ok(verdict.kind === "match" && verdict.value.tlvs[0]?.type === 3);
  });

  it("says LOCAL or UNSPEC without addresses", () => {
    const local = writeProxyV2({ command: "local", addresses: undefined, tlvs: [], hasChecksum: false });
    assert.deepEqual(Buffer.from(local), v2Bytes([0x20, 0x00], Buffer.alloc(0)));
    const unknown = writeProxyV2({ command: "proxy", addresses: undefined, tlvs: [], hasChecksum: false });
    assert.deepEqual(Buffer.from(unknown), v2Bytes([0x21, 0x00], Buffer.alloc(0)));
  });

  it("leaves out TLVs for which there is no room", () => {
    const tlvs = [4_000, 100, 20].map((length) => ({ type: 0xe0, value: new Uint8Array(length) }));
    const verdict = readProxyV2(writeProxyV2({ command: "proxy", addresses, tlvs, hasChecksum: true }));
    assert.ok(verdict.kind === "match");
    assert.deepEqual(
      verdict.value.tlvs.map(({ value }) => value.length),
      [4_000, 20, 4],
    );
  });
});
