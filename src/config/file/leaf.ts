// One value of a file. What it means comes from the same parsers as a flag's; a text from a variable may be any of them.

import { z } from "zod";
import { parseCidr } from "../../wire/cidr.ts";
import type { Parsed } from "../../wire/parsed.ts";
import { quoteValue } from "../../wire/quote.ts";
import { expectedCount } from "../count.ts";
import type { Kind } from "../kind.ts";
import type { Range } from "../limits.ts";

export interface Leaf<T> {
  parse(text: string): Parsed<T>;
  /** `a duration such as 5s`: for a value that can't be shown, and one of another type. */
  readonly expected: string;
  /** What an editor is told. */
  readonly json: Json;
  /** Whether white space at its ends is part of it. */
  readonly keepsSpace?: boolean;
}

export type Json = Readonly<Record<string, unknown>>;

/** Beside the message of a problem. */
export interface LeafParams {
  readonly expected: string;
  /** Whether the value is of a type that this never is. */
  readonly isOtherType: boolean;
}

/** What stands where a variable is to be put in. */
const VARIABLE: Json = { type: "string", pattern: "\\$\\{" };

export function leaf<T>(kind: Leaf<T>): z.ZodType<T> {
  const { expected, json, keepsSpace = false } = kind;
  return z
    .unknown()
    .transform((value, context): T => {
      const text = keepsSpace && typeof value === "string" ? value : textOf(value);
      const isOtherType = text === undefined;
      const parsed: Parsed<T> = isOtherType ? { problem: `${shown(value)}, expected ${expected}` } : kind.parse(text);
      if ("value" in parsed) return parsed.value;
      const params: LeafParams = { expected, isOtherType };
      context.addIssue({ code: "custom", message: parsed.problem, params: { ...params } });
      return z.NEVER;
    })
    .meta(json);
}

/** A value as a flag would have it. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value.trim();
  if (typeof value === "number") return String(value);
  // `off` as YAML 1.1 and JSON would have it.
  if (typeof value === "boolean") return value ? "true" : "off";
  return undefined;
}

function shown(value: unknown): string {
  if (value === undefined) return "missing";
  return `got ${value === null ? "nothing" : quoteValue(value)}`;
}

/** As the flag of that kind. */
export function ofKind<T>(kind: Pick<Kind<T>, "parse" | "placeholder" | "words">): z.ZodType<T> {
  const { placeholder, words } = kind;
  return leaf({
    parse: (text) => kind.parse(text),
    expected: expectedOf(placeholder, words),
    json: jsonOf(placeholder, words),
  });
}

export function countLeaf(range: Range, parse: (text: string) => Parsed<number>): z.ZodType<number> {
  return leaf({ parse, expected: expectedCount(range), json: anyOf(integer(range)) });
}

export function flagLeaf(): z.ZodType<boolean> {
  return leaf({
    parse(text) {
      if (text === "true") return { value: true };
      if (text === "false" || text === "off") return { value: false };
      return { problem: `got ${quoteValue(text)}, expected true or false` };
    },
    expected: "true or false",
    json: anyOf({ type: "boolean" }),
  });
}

/** Any text but none. */
export function textLeaf(expected: string): z.ZodType<string> {
  const parse = (text: string): Parsed<string> =>
    text === "" ? { problem: `got "", expected ${expected}` } : { value: text };
  return leaf({ parse, expected, json: { type: ["string", "number"] } });
}

/** What a list of networks holds. */
export const CIDRS = "a CIDR such as 10.0.0.0/8, or a list of them";

export function cidrLeaf(): z.ZodType<string> {
  return parsedLeaf("an address or CIDR such as 10.0.0.0/8", (text) => {
    const parsed = parseCidr(text);
    return "problem" in parsed ? parsed : { value: text };
  });
}

/** A text that another parser understands. */
export function parsedLeaf<T>(expected: string, parse: (text: string) => Parsed<T>): z.ZodType<T> {
  return leaf({ parse, expected, json: { type: ["string", "number"] } });
}

/** A text of which every byte counts. */
export function exactLeaf<T>(expected: string, parse: (text: string) => Parsed<T>): z.ZodType<T> {
  return leaf({ parse, expected, json: { type: ["string", "number"] }, keepsSpace: true });
}

function anyOf(...schemas: readonly Json[]): Json {
  return { anyOf: [...schemas, VARIABLE] };
}

function integer({ min, max }: Range): Json {
  return { type: "integer", minimum: min, maximum: max };
}

const DURATION: Json = { type: "string", pattern: "^(?=\\d)(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?$" };
const OFF: Json = { enum: ["off", false] };

const jsons: Readonly<Record<string, Json>> = {
  DURATION: anyOf(DURATION),
  "DURATION|off": anyOf(DURATION, OFF),
  SIZE: anyOf({ type: "string", pattern: "^\\d+(B|KiB|MiB)$" }),
  "RATE|off": anyOf({ type: "string", pattern: "^\\d+/[sm]$" }, OFF),
  N: anyOf({ type: "integer" }),
  "N|off": anyOf({ type: "integer" }, OFF),
  "N|auto": anyOf({ type: "integer" }, { const: "auto" }),
};

function jsonOf(placeholder: string, words: readonly string[]): Json {
  if (words.length > 0) return anyOf({ enum: words.includes("off") ? [...words, false] : [...words] });
  return jsons[placeholder] ?? { type: "string" };
}

const expectations: Readonly<Record<string, string>> = {
  DURATION: "a duration such as 5s or 1m30s",
  "DURATION|off": "a duration such as 5s or 1m30s, or off",
  SIZE: "a size such as 16KiB",
  "RATE|off": "a rate such as 20/s, or off",
  N: "a whole number",
  "N|off": "a whole number, or off",
  "N|auto": "a whole number, or auto",
};

function expectedOf(placeholder: string, words: readonly string[]): string {
  if (words.length > 0) return `one of ${words.join(", ")}`;
  return expectations[placeholder] ?? placeholder;
}
