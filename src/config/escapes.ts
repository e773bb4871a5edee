// Texts that hold any byte, as a file has them: what begins with a backslash stands for something else.

import type { Parsed } from "../wire/parsed.ts";
import { quote } from "../wire/quote.ts";

const CONTROLS: ReadonlyMap<string, number> = new Map([
  ["r", 13],
  ["n", 10],
  ["t", 9],
  ["0", 0],
  ["\\", 92],
]);
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|([\s\S]?))/g;

/** `PING\r\n` as bytes, in UTF-8; `\xHH` is a byte. */
export function parseEscapes(text: string): Parsed<Uint8Array> {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const found of text.matchAll(ESCAPE)) {
    const [all, hex, letter = ""] = found;
    const byte = hex === undefined ? CONTROLS.get(letter) : Number.parseInt(hex, 16);
    if (byte === undefined) {
      return {
        problem: `${quote(text)} has ${quote(all)}; expected \\r, \\n, \\t, \\0, \\\\ or \\x and two hex digits`,
      };
    }
    parts.push(Buffer.from(text.slice(at, found.index)), Uint8Array.of(byte));
    at = found.index + all.length;
  }
  return { value: new Uint8Array(Buffer.concat([...parts, Buffer.from(text.slice(at))])) };
}

/** What parseEscapes turns into the bytes again, all in ASCII. */
export function formatEscapes(bytes: Uint8Array): string {
  return Array.from(bytes, escaped).join("");
}

function escaped(byte: number): string {
  const known = [...CONTROLS].find(([letter, code]) => code === byte && letter !== "0");
  if (known !== undefined) return `\\${known[0]}`;
  return byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
}

const HEX = /^(?:[0-9a-fA-F]{2}[ :]?)+$/;

/** `00 01 ff`, `0001ff` or `00:01:ff` as bytes. */
export function parseHex(text: string): Parsed<Uint8Array> {
  if (HEX.test(text)) return { value: new Uint8Array(Buffer.from(text.replaceAll(/[ :]/g, ""), "hex")) };
  return { problem: `got ${quote(text)}, expected bytes as pairs of hex digits, such as 00 01 ff` };
}
