// CRC-32C (Castagnoli), RFC 3720 §B.4: the checksum of PROXY headers. node:zlib has the other CRC-32.

const REVERSED_POLYNOMIAL = 0x82f63b78;

const table: Int32Array = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ ((value & 1) * REVERSED_POLYNOMIAL);
  return value;
});

/** Of all bytes, from 0 to 2^32 - 1. A few nanoseconds a byte. */
export function crc32c(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = (table[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}
