// What the values of a flag look like: durations, counts, words, text.

import type { Parsed } from "../wire/parsed.ts";
import { quote } from "../wire/quote.ts";
import { parseCount, parseCountOr } from "./count.ts";
import { formatDuration, parseDuration, parseDurationOrOff } from "./duration.ts";
import type { Range } from "./limits.ts";
import type { MsOrOff } from "./options.ts";
import { parseRateOrOff } from "./rate.ts";
import { formatSize, parseSize } from "./size.ts";
import { didYouMean } from "./suggestion.ts";

export interface Kind<T> {
  /** What stands for the value in --help. */
  readonly placeholder: string;
  /** The words that can be its value, where it has such. */
  readonly words: readonly string[];
  /** The default as shown to people. */
  readonly defaultText: string;
  /** The default as a value. */
  readonly fallback: T;
  parse(text: string): Parsed<T>;
}

export function duration(fallback: number, range: Range): Kind<number> {
  return {
    placeholder: "DURATION",
    words: [],
    defaultText: formatDuration(fallback),
    fallback,
    parse(text) {
      const parsed = parseDuration(text);
      if ("problem" in parsed || within(parsed.value, range)) return parsed;
      return { problem: `got ${quote(text)}, expected ${durations(range)}` };
    },
  };
}

export function durationOrOff(fallback: MsOrOff, range: Range): Kind<MsOrOff> {
  return {
    placeholder: "DURATION|off",
    words: [],
    defaultText: fallback === "off" ? "off" : formatDuration(fallback),
    fallback,
    parse(text) {
      const parsed = parseDurationOrOff(text);
      if ("problem" in parsed || parsed.value === "off" || within(parsed.value, range)) return parsed;
      return { problem: `got ${quote(text)}, expected ${durations(range)}, or off` };
    },
  };
}

export function size(fallback: number, { min, max }: Range): Kind<number> {
  return {
    placeholder: "SIZE",
    words: [],
    defaultText: formatSize(fallback),
    fallback,
    parse(text) {
      const parsed = parseSize(text);
      if ("problem" in parsed || within(parsed.value, { min, max })) return parsed;
      return { problem: `got ${quote(text)}, expected a size from ${formatSize(min)} to ${formatSize(max)}` };
    },
  };
}

export function rateOrOff(): Kind<number | "off"> {
  return { placeholder: "RATE|off", words: [], defaultText: "off", fallback: "off", parse: parseRateOrOff };
}

export function count(fallback: number, range: Range): Kind<number> {
  return {
    placeholder: "N",
    words: [],
    defaultText: String(fallback),
    fallback,
    parse: (text) => parseCount(text, range),
  };
}

export function countOr<Word extends string>(word: Word, fallback: number | Word, range: Range): Kind<number | Word> {
  return {
    placeholder: `N|${word}`,
    words: [],
    defaultText: String(fallback),
    fallback,
    parse: (text) => parseCountOr(text, range, word),
  };
}

/** @param later Words that are reserved: they are refused as not available yet. */
export function choice<Word extends string>(
  fallback: Word,
  words: readonly Word[],
  later: readonly string[] = [],
): Kind<Word> {
  return {
    placeholder: words.join("|"),
    words,
    defaultText: fallback,
    fallback,
    parse(text) {
      const value = words.find((word) => word === text);
      if (value !== undefined) return { value };
      const expected = `expected ${[words.slice(0, -1).join(", "), ...words.slice(-1)].filter((part) => part !== "").join(" or ")}`;
      if (later.includes(text)) return { problem: `${quote(text)} is not available yet; ${expected}` };
      return { problem: `got ${quote(text)}, ${expected}${didYouMean(text, words)}` };
    },
  };
}

/** Any text but none. */
export function text(fallback: string, placeholder: string): Kind<string> {
  return {
    placeholder,
    words: [],
    defaultText: fallback,
    fallback,
    parse: (value) => (value === "" ? { problem: `got "", expected ${placeholder}` } : { value }),
  };
}

function within(value: number, { min, max }: Range): boolean {
  return value >= min && value <= max;
}

/** `a duration from 10ms to 10m`. */
function durations({ min, max }: Range): string {
  return `a duration from ${formatDuration(min)} to ${formatDuration(max)}`;
}
