// Bytes of PROXY headers, put together by hand: what the code under test writes is not used to test what it reads.

import fc from "fast-check";

export const SIGNATURE: Buffer = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");

/** 192.0.2.1:56324 to 198.51.100.2:443. */
export const IPV4_ADDRESSES: Buffer = Buffer.from([192, 0, 2, 1, 198, 51, 100, 2, 0xdc, 0x04, 0x01, 0xbb]);
/** [2001:db8::1]:56324 to [2001:db8::2]:443. */
export const IPV6_ADDRESSES: Buffer = Buffer.from(
  "20010db8000000000000000000000001" + "20010db8000000000000000000000002" + "dc0401bb",
  "hex",
);

export function tlvBytes(type: number, value: Uint8Array | string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([type, bytes.length >> 8, bytes.length & 255]), bytes]);
}

/** @param start version and command, then family and protocol. @param length if it is to be a wrong one. */
export function v2Bytes(start: readonly [number, number], rest: Uint8Array, length: number = rest.length): Buffer {
  return Buffer.concat([SIGNATURE, Buffer.from([...start, length >> 8, length & 255]), rest]);
}

/** A header of version 1 or 2 that is right, whatever it says. */
export const anyHeader: fc.Arbitrary<Buffer> = fc.oneof(
  fc
    .tuple(fc.ipV4(), fc.ipV4(), fc.nat(65_535), fc.nat(65_535))
    .map((fields) => Buffer.from(`PROXY TCP4 ${fields.join(" ")}\r\n`)),
  fc
    .tuple(fc.ipV6(), fc.ipV6(), fc.nat(65_535), fc.nat(65_535))
    .map((fields) => Buffer.from(`PROXY TCP6 ${fields.join(" ")}\r\n`)),
  fc
    .string({ unit: fc.constantFrom(..."ab 1\r\t\xff".split("")), maxLength: 80 })
    .map((text) => Buffer.from(`PROXY UNKNOWN ${text}\r\n`, "latin1")),
  fc.constant(Buffer.from("PROXY UNKNOWN\r\n")),
  fc
    .tuple(
      fc.constantFrom(
        { start: [0x21, 0x11] as const, addressBytes: 12 },
        { start: [0x21, 0x21] as const, addressBytes: 36 },
        { start: [0x21, 0x31] as const, addressBytes: 216 },
        { start: [0x21, 0x00] as const, addressBytes: 0 },
        { start: [0x20, 0x00] as const, addressBytes: 0 },
        { start: [0x20, 0x11] as const, addressBytes: 12 },
      ),
      fc.uint8Array({ minLength: 216, maxLength: 216 }),
      fc.array(fc.tuple(fc.constantFrom(1, 2, 4, 0x30, 0xe0, 0xea, 0xee), fc.uint8Array({ maxLength: 40 })), {
        maxLength: 5,
      }),
    )
    .map(([{ start, addressBytes }, addresses, tlvs]) =>
      v2Bytes(
        start,
        Buffer.concat([addresses.subarray(0, addressBytes), ...tlvs.map(([type, value]) => tlvBytes(type, value))]),
      ),
    ),
);

/** Text and bytes that are nearly a header: right ones with something changed, cut off or put in. */
export const nearlyHeader: fc.Arbitrary<Buffer> = fc.oneof(
  fc.tuple(anyHeader, fc.nat(300), fc.nat(255)).map(([header, at, byte]) => {
    const changed = Buffer.from(header);
    if (at < changed.length) changed[at] = byte;
    return changed;
  }),
  fc.tuple(anyHeader, fc.nat(300)).map(([header, at]) => header.subarray(0, at)),
  fc
    .tuple(anyHeader, fc.nat(60), fc.uint8Array({ maxLength: 5 }))
    .map(([header, at, bytes]) => Buffer.concat([header.subarray(0, at), bytes, header.subarray(at)])),
  fc
    .tuple(
      fc.constantFrom("PROXY ", "PROXY TCP4 ", "PROXY TCP6 ", "PROXY UNKNOWN"),
      fc.string({ unit: fc.constantFrom(..."0123456789abf.: \r\n".split("")), maxLength: 110 }),
    )
    .map(([start, text]) => Buffer.from(start + text, "latin1")),
  fc.tuple(fc.uint8Array({ minLength: 4, maxLength: 60 })).map(([bytes]) => Buffer.concat([SIGNATURE, bytes])),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);
