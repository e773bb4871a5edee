import type { Parsed } from "../wire/parsed.ts";
import { quote } from "../wire/quote.ts";
import { limits, type Range } from "./limits.ts";

const RANGE = /^(\d{3})(?:-(\d{3}))?$/;

/** `200` or `200-299`, both ends included. */
export function parseStatusRange(text: string): Parsed<Range> {
  const [, first, last = first] = RANGE.exec(text) ?? [];
  const range = { min: Number(first ?? 0), max: Number(last ?? 0) };
  const { min, max } = limits.probeStatus;
  if (range.min >= min && range.min <= range.max && range.max <= max) return { value: range };
  return { problem: `got ${quote(text)}, expected a status or a range from ${min} to ${max}, such as 200-299` };
}

/** What parseStatusRange turns into the range again. */
export function formatStatusRange({ min, max }: Range): string {
  return min === max ? String(min) : `${min}-${max}`;
}
