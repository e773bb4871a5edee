import type { Parsed } from "../wire/parsed.ts";
import { quote } from "../wire/quote.ts";

// Longer than any value that makes sense, and short enough to be compared often.
const LONGEST = 1_024;

/** A pattern for the value of a header or a TLV: `*` stands for any number of characters, also none, at any place. */
export function parseTextPattern(text: string): Parsed<string> {
  if (text === "")
    return { problem: `"" matches an empty value only; write "*" for any value, or leave the condition out` };
  if (text.length > LONGEST)
    return { problem: `${quote(text)} has ${text.length} characters, expected at most ${LONGEST}` };
  return { value: text };
}

/** One compiled pattern. A match takes at most the time of one search for each part between two `*`. */
export class TextPattern {
  readonly #first: string;
  readonly #middle: readonly string[];
  /** Undefined without any `*`: then `first` is the whole. */
  readonly #last: string | undefined;

  constructor(pattern: string) {
    const [first = "", ...others] = pattern.split("*");
    this.#first = first;
    this.#last = others.pop();
    this.#middle = others.filter((part) => part !== "");
  }

  match(text: string): boolean {
    const last = this.#last;
    if (last === undefined) return text === this.#first;
    if (!text.startsWith(this.#first)) return false;
    let from = this.#first.length;
    for (const part of this.#middle) {
      const found = text.indexOf(part, from);
      if (found < 0) return false;
      from = found + part.length;
    }
    return text.length - last.length >= from && text.endsWith(last);
  }
}
