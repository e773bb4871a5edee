// `w[10-19]`: one line for ten backends.

import type { Parsed } from "../../wire/parsed.ts";
import { quote } from "../../wire/quote.ts";
import { grouped } from "../count.ts";

const RANGE = /\[(\d{1,9})-(\d{1,9})\]/g;
const MOST = 4_096;

/** Whether it stands for several. IPv6 in brackets does not: it has no dash. */
export function hasRange(text: string): boolean {
  return text.search(RANGE) >= 0;
}

/** What it stands for: itself, where it holds no range. Leading zeros are kept: `w[08-10]`. */
export function expandRange(text: string): Parsed<readonly string[]> {
  const ranges = [...text.matchAll(RANGE)];
  const [range] = ranges;
  const [whole = "", first = "", last = ""] = range ?? [];
  if (range === undefined) return { value: [text] };
  if (ranges.length > 1) return { problem: `${quote(text)} has ${ranges.length} ranges, expected one` };
  const count = Number(last) - Number(first) + 1;
  if (count < 1) return { problem: `${quote(text)} has a range that ends before it begins; write [${last}-${first}]` };
  if (count > MOST)
    return { problem: `${quote(text)} stands for ${grouped(count)}, expected at most ${grouped(MOST)}` };
  const digits = first.startsWith("0") ? first.length : 0;
  const before = text.slice(0, range.index);
  const after = text.slice(range.index + whole.length);
  const values = Array.from({ length: count }, (_, index) => {
    const number = String(Number(first) + index).padStart(digits, "0");
    return `${before}${number}${after}`;
  });
  return { value: values };
}
