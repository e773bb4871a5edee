// Hellos made to measure.

import { bytesOf } from "./http1-seeds.ts";

export function uint8(value: number): Uint8Array {
  return Uint8Array.of(value);
}

export function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}

/** With their length, in so many bytes, before them. */
export function vector(lengthBytes: 1 | 2 | 3, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(parts);
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(body.length, 0, lengthBytes);
  return Buffer.concat([length, body]);
}

export function extension(type: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([uint16(type), vector(2, ...parts)]);
}

export function serverName(name: string): Uint8Array {
  return extension(0, vector(2, uint8(0), vector(2, bytesOf(name))));
}

export function alpn(...protocols: readonly string[]): Uint8Array {
  return extension(16, vector(2, ...protocols.map((protocol) => vector(1, bytesOf(protocol)))));
}

export function supportedVersions(...versions: readonly number[]): Uint8Array {
  return extension(43, vector(1, ...versions.map(uint16)));
}

/** Without `extensions` there is not even their length. */
export function message(extensions: readonly Uint8Array[] | undefined, legacyVersion = 0x0303): Uint8Array {
  const body = [uint16(legacyVersion), Buffer.alloc(32, 7), vector(1), vector(2, uint16(0x1301)), vector(1, uint8(0))];
  if (extensions !== undefined) body.push(vector(2, ...extensions));
  return Buffer.concat([uint8(1), vector(3, ...body)]);
}

/** A message in records of at most so many bytes. */
export function records(whole: Uint8Array, maxBytes = 16_384): Uint8Array {
  const all: Uint8Array[] = [];
  for (let at = 0; at < whole.length; at += maxBytes) {
    all.push(Uint8Array.of(22, 3, 1), vector(2, whole.subarray(at, at + maxBytes)));
  }
  return Uint8Array.from(Buffer.concat(all));
}

export function helloWith(...extensions: readonly Uint8Array[]): Uint8Array {
  return records(message(extensions));
}
