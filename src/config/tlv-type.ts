import type { Parsed } from "../wire/parsed.ts";
import { quote } from "../wire/quote.ts";
import type { Range } from "./limits.ts";

const TYPE = /^(?:0x([0-9a-f]{1,2})|(\d{1,3}))$/i;

/** The type of a PROXY header's TLV, as people write it: `0xEA` or `234`. */
export function parseTlvType(text: string, { min, max }: Range): Parsed<number> {
  const [, hexadecimal, decimal] = TYPE.exec(text) ?? [];
  const value = hexadecimal === undefined ? Number(decimal ?? Number.NaN) : Number.parseInt(hexadecimal, 16);
  if (value >= min && value <= max) return { value };
  return { problem: `got the type ${quote(text)}, expected ${hex(min)} to ${hex(max)}` };
}

function hex(type: number): string {
  return `0x${type.toString(16).toUpperCase().padStart(2, "0")}`;
}
