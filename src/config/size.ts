// Sizes as people write them: 512B, 16KiB, 1MiB. Bytes inside.

import type { Parsed } from "../wire/parsed.ts";
import { quote } from "../wire/quote.ts";

const units = [
  { name: "MiB", bytes: 1_048_576 },
  { name: "KiB", bytes: 1_024 },
  { name: "B", bytes: 1 },
] as const;

const SIZE = /^(\d{1,12})(MiB|KiB|B)$/;
// What people write elsewhere; only ever used to propose what to write here.
const FOREIGN = /^(\d{1,12}) ?([km]?)i?b?$/i;

/** A size in bytes. */
export function parseSize(text: string): Parsed<number> {
  const [, count, name] = SIZE.exec(text) ?? [];
  const unit = units.find((each) => each.name === name);
  if (unit !== undefined) return { value: Number(count) * unit.bytes };
  const [, digits, letter] = FOREIGN.exec(text) ?? [];
  if (digits === undefined || letter === undefined)
    return { problem: `${quote(text)} is not a size; write one such as 16KiB` };
  const bytes = Number(digits) * (letter === "" ? 1 : letter.toLowerCase() === "k" ? 1_024 : 1_048_576);
  const lead = /^\d+$/.test(text) ? "has no unit" : "is not a size";
  return { problem: `${quote(text)} ${lead}; write ${formatSize(bytes)}` };
}

/** The shortest text that parseSize turns into `bytes` again. */
export function formatSize(bytes: number): string {
  const unit = units.find((each) => bytes >= each.bytes && bytes % each.bytes === 0);
  return unit === undefined ? `${bytes}B` : `${bytes / unit.bytes}${unit.name}`;
}
