import type { Parsed } from "../wire/parsed.ts";
import { quote } from "../wire/quote.ts";
import type { Range } from "./limits.ts";

const DIGITS = /^\d+$/;

/** A whole number within `range`. */
export function parseCount(text: string, range: Range): Parsed<number> {
  return countIn(text, range) ?? { problem: `got ${quote(text)}, expected ${expectedCount(range)}` };
}

/** A whole number within `range`, or the one word that stands for none. */
export function parseCountOr<Word extends string>(text: string, range: Range, word: Word): Parsed<number | Word> {
  if (text === word) return { value: word };
  return countIn(text, range) ?? { problem: `got ${quote(text)}, expected ${expectedCount(range)}, or ${word}` };
}

/** `a whole number from 0 to 256`. */
export function expectedCount({ min, max }: Range): string {
  return `a whole number from ${grouped(min)} to ${grouped(max)}`;
}

/** 86400000 as people read it: 86,400,000. */
export function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

function countIn(text: string, { min, max }: Range): { readonly value: number } | undefined {
  const value = Number(text);
  return DIGITS.test(text) && value >= min && value <= max ? { value } : undefined;
}
