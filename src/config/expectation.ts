// The wording of what a library user got wrong. Zod's own sentences never reach users.

import { quoteValue } from "../wire/quote.ts";
import { grouped } from "./count.ts";
import { parseDuration } from "./duration.ts";
import type { Range } from "./limits.ts";
import { didYouMean } from "./suggestion.ts";

/** What zod tells about a mistake, as far as it is used here. */
export interface Mistake {
  readonly code?: string | undefined;
  readonly input?: unknown;
  readonly keys?: readonly string[] | undefined;
}

/** `got -3, expected …`. */
export function expected(what: string): (mistake: Mistake) => string {
  return ({ input }) => `${input === undefined ? "missing" : `got ${quoteValue(input)}`}, expected ${what}`;
}

/** As expected(), and proposes the number where a duration was written as on the command line. */
export function expectedMs({ min, max }: Range, more = ""): (mistake: Mistake) => string {
  const say = expected(`a whole number of milliseconds from ${grouped(min)} to ${grouped(max)}${more}`);
  return (mistake) => {
    const duration = typeof mistake.input === "string" ? parseDuration(mistake.input) : undefined;
    return duration !== undefined && "value" in duration ? `${say(mistake)}; write ${duration.value}` : say(mistake);
  };
}

/** As expected(), and proposes the nearest of the words. */
export function expectedWord(words: readonly string[], more = ""): (mistake: Mistake) => string {
  const say = expected(`one of ${words.map((word) => JSON.stringify(word)).join(", ")}${more}`);
  return (mistake) => `${say(mistake)}${typeof mistake.input === "string" ? didYouMean(mistake.input, words) : ""}`;
}

/** For an object: what it is, and which keys it can have. */
export function expectedObject(what: string, keys: readonly string[]): (mistake: Mistake) => string {
  const say = expected(what);
  return (mistake) => {
    if (mistake.keys === undefined) return say(mistake);
    const unknown = mistake.keys.map((key) => `unknown key ${quoteValue(key)}${didYouMean(key, keys)}`);
    return unknown.join("; ");
  };
}
