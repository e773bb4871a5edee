// Characters of HTTP/1 by their byte: RFC 9110 §5.6.2, RFC 9112 §2.2.

export const NUL = 0x00;
export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;

const TOKEN_CHARACTERS = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const isTokenByte = new Uint8Array(256);
for (const character of TOKEN_CHARACTERS) isTokenByte[character.charCodeAt(0)] = 1;

/** Whether a byte may stand in a method or in a header's name. The end of the bytes (undefined) may not. */
export function isToken(byte: number | undefined): boolean {
  return byte !== undefined && isTokenByte[byte] === 1;
}

export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

/** A byte that may stand nowhere in a head, the ends of lines apart. NUL is among them. */
export function isForbidden(byte: number): boolean {
  return (byte < SPACE && byte !== TAB) || byte === 0x7f;
}

/** So many bytes a loop has looked at in the time that a call of native code takes. */
const NEAR_BYTES = 64;

/** Where a byte comes next, or -1. Many times faster than Uint8Array's own. */
export function indexOfByte(bytes: Uint8Array, byte: number, from: number): number {
  const near = Math.min(bytes.length, from + NEAR_BYTES);
  for (let at = from; at < near; at++) if (bytes[at] === byte) return at;
  return near < bytes.length ? Buffer.prototype.indexOf.call(bytes, byte, near) : -1;
}

/** The text of bytes, one character for each: a copy. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.prototype.latin1Slice.call(bytes, start, end);
}

const isTextByte = Uint8Array.from({ length: 256 }, (_, byte) => (isForbidden(byte) ? 0 : 1));

/** A byte that may stand in a value. The end of the bytes (undefined) may not. */
export function isText(byte: number | undefined): boolean {
  return byte !== undefined && isTextByte[byte] === 1;
}
