// Schemas for single values, with our own words for what is wrong with them.

import { isIP } from "node:net";
import { z } from "zod";
import { type Address, plainIp } from "../wire/address.ts";
import { formatCidr, parseCidr } from "../wire/cidr.ts";
import { type AddressPurpose, parseAddress } from "./address-parser.ts";
import { expectedCount } from "./count.ts";
import { expected, expectedMs, expectedObject, expectedWord, type Mistake } from "./expectation.ts";
import type { Range } from "./limits.ts";
import type { MsOrOff } from "./options.ts";

interface Params {
  readonly error: (mistake: Mistake) => string;
}

/** An object with these keys and no other. */
export function strict<Shape extends z.core.$ZodShape>(what: string, shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, { error: expectedObject(what, Object.keys(shape)) });
}

export function count(range: Range): z.ZodType<number> {
  return wholeNumber(range, { error: expected(expectedCount(range)) });
}

/** A count, or the word that stands for none. */
export function countOr<Word extends string>(range: Range, word: Word): z.ZodType<number | Word> {
  const params = { error: expected(`${expectedCount(range)}, or "${word}"`) };
  return z.union([z.literal(word, params), wholeNumber(range, params)], params);
}

export function milliseconds(range: Range): z.ZodType<number> {
  return wholeNumber(range, { error: expectedMs(range) });
}

/** Infinity where it is off. */
export function millisecondsOrOff(range: Range): z.ZodType<number> {
  const params = { error: expectedMs(range, ', or "off"') };
  return z.union([z.literal("off", params), wholeNumber(range, params)], params).transform(infinityForOff);
}

export function infinityForOff(value: MsOrOff): number {
  return value === "off" ? Infinity : value;
}

export function oneOf<Word extends string>(words: readonly Word[]): z.ZodType<Word> {
  return z.enum(words, { error: expectedWord(words) });
}

/** A function can't be looked into: what it takes and gives is the caller's promise. */
export function callback<Callback>(params: Params): z.ZodType<Callback> {
  return z.custom<Callback>((value) => typeof value === "function", params);
}

export function address(purpose: AddressPurpose): z.ZodType<Address> {
  const example = purpose === "listen" ? '":80"' : '"10.0.0.1:80"';
  return z.string({ error: expected(`an address such as ${example}`) }).transform((text, context) => {
    const parsed = parseAddress(text, { purpose });
    if ("value" in parsed) return parsed.value;
    context.addIssue({ code: "custom", message: parsed.problem });
    return z.NEVER;
  });
}

const ipError = { error: expected('a local IP address such as "10.0.0.5"') };

export const ip: z.ZodType<string> = z
  .string(ipError)
  .refine((text) => isIP(text) !== 0, ipError)
  .transform(plainIp);

const cidrError = { error: expected('an address or CIDR such as "10.0.0.0/8"') };

/** An address or a network, in the form in which lb-tcp writes it. */
export const cidr: z.ZodType<string> = z.string(cidrError).transform((text, context) => {
  const parsed = parseCidr(text);
  if ("value" in parsed) return formatCidr(parsed.value);
  context.addIssue({ code: "custom", message: parsed.problem });
  return z.NEVER;
});

/** A list of CIDRs and addresses, in that form. */
export function cidrs(least = 0): z.ZodType<readonly string[]> {
  const message = "got an empty list, expected at least one address or CIDR";
  return z.array(cidr, { error: expected("a list of addresses and CIDRs") }).min(least, { error: message });
}

function wholeNumber({ min, max }: Range, params: Params): z.ZodType<number> {
  return z.int(params).min(min, params).max(max, params);
}
