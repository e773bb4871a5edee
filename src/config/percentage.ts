import type { Parsed } from "../wire/parsed.ts";
import { quote } from "../wire/quote.ts";

const PERCENTAGE = /^(\d{1,3}(?:\.\d{1,3})?)%$/;

/** `10%` as 0.1. */
export function parsePercentage(text: string): Parsed<number> {
  const [, count] = PERCENTAGE.exec(text) ?? [];
  if (count !== undefined && Number(count) <= 100) return { value: Number(count) / 100 };
  return { problem: `got ${quote(text)}, expected a percentage from 0% to 100%` };
}

/** What parsePercentage turns into the ratio again. */
export function formatPercentage(ratio: number): string {
  return `${Number((ratio * 100).toFixed(3))}%`;
}
