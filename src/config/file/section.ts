// A part of a file that has keys: which there are, and what is said of others.

import { z } from "zod";
import { printable, quoteValue } from "../../wire/quote.ts";
import type { Mistake } from "../expectation.ts";
import { type Settings, settings } from "../settings.ts";
import { didYouMean } from "../suggestion.ts";

/** What the table and an editor say of a key. */
export interface KeyFacts {
  readonly description: string;
  /** As one would write it. */
  readonly default?: string;
  /** The flag that means the same. */
  readonly flag?: string;
  /** Whether a change of it takes a restart. */
  readonly restart?: true;
}

/** A key that may be left out. */
export function key<T>(schema: z.ZodType<T>, facts: KeyFacts): z.ZodOptional<z.ZodType<T>> {
  return schema.optional().meta(metaOf(facts));
}

/** A key that may not. */
export function needed<T>(schema: z.ZodType<T>, facts: KeyFacts): z.ZodType<T> {
  return schema.meta(metaOf(facts));
}

/** Zod drops what is called default where a value is transformed. */
function metaOf({ default: defaultText, ...facts }: KeyFacts): Record<string, unknown> {
  return { ...facts, defaultText };
}

/** What is known from the flag that means the same. */
export function factsOf(flag: keyof Settings, more: Partial<KeyFacts> = {}): KeyFacts {
  const { meaning, defaultText } = settings[flag];
  return { description: meaning, default: defaultText, flag, ...more };
}

/** @param later Keys that are reserved. */
export function section<Shape extends z.core.$ZodShape>(
  what: string,
  shape: Shape,
  later: readonly string[] = [],
): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: ({ input, keys }: Mistake) => {
      if (keys !== undefined) return keys.map((each) => unknownKey(each, known, later)).join("\n");
      return `${input === undefined ? "missing" : `got ${input === null ? "nothing" : quoteValue(input)}`}, expected ${what}`;
    },
  });
}

function unknownKey(name: string, known: readonly string[], later: readonly string[]): string {
  if (later.includes(name)) return "is not available yet; leave it out";
  const meant = didYouMean(name, known);
  return `unknown key${meant === "" ? `; the keys are ${known.map(printable).join(", ")}` : meant}`;
}

export function list<T>(item: z.ZodType<T>, what: string, least = 0): z.ZodType<T[]> {
  const say = ({ input }: Mistake): string =>
    `${input === undefined ? "missing" : `got ${input === null ? "nothing" : quoteValue(input)}`}, expected ${what}`;
  return z.array(item, { error: say }).min(least, { error: `got an empty list, expected ${what}` });
}

/** One value, or a list of them. */
export function oneOrMany<T>(item: z.ZodType<T>, what: string, least = 1): z.ZodType<T[]> {
  return z.union([item.transform((one) => [one]), list(item, what, least)]);
}

/** A part by names of the user's own. */
export function named<T>(value: z.ZodType<T>, what: string): z.ZodType<Record<string, T>> {
  return z.record(z.string(), value, {
    error: ({ input }) =>
      `${input === undefined ? "missing" : `got ${input === null ? "nothing" : quoteValue(input)}`}, expected ${what}`,
  });
}
