import { z } from "zod";
import type { ForwardedConfig, PeekConfig } from "./config.ts";
import { defaults } from "./defaults.ts";
import { expected, expectedWord } from "./expectation.ts";
import { limits } from "./limits.ts";
import { forwardedHeaders, type PeekWord, peekWords } from "./peek-options.ts";
import { cidrs, count, milliseconds, oneOf, strict } from "./value-schemas.ts";

const PEEK = 'one of "none", "http", "tls", "auto", or an object of peek options';
const FORWARDED = 'one of "x-forwarded", "forwarded", "off", or an object of forwarded options';

const kinds = peekWords.filter((word) => word !== "none");

const peekFields = strict(PEEK, {
  as: oneOf(kinds).describe("what clients are expected to speak"),
  timeoutMs: milliseconds(limits.peekMs)
    .prefault(defaults.peek.timeoutMs)
    .describe("longest time for the whole phase; then the listener's own pool"),
  byteCount: count(limits.peekBytes).prefault(defaults.peek.byteCount).describe("most bytes to look at"),
  strict: z
    .boolean({ error: expected("true or false") })
    .prefault(defaults.peek.strict)
    .describe("whether requests that two servers may read differently are answered 400"),
});

const peekWord = z.enum(peekWords, { error: expectedWord(peekWords) }).transform(peekOf);

export const peekSchema: z.ZodType<PeekConfig | undefined> = z
  .union([peekWord, peekFields], { error: expectedWord(peekWords, ", or an object of peek options") })
  .prefault(defaults.peek.as)
  .describe("what is read of a client before its pool is picked");

const forwardedFields = strict(FORWARDED, {
  headers: oneOf(forwardedHeaders)
    .prefault(defaults.forwarded.headers)
    .describe("which headers tell a backend about the client"),
  trust: cidrs().prefault([]).describe("CIDRs whose own such headers are kept and appended to"),
});

const forwardedWord = z
  .enum(forwardedHeaders, { error: expectedWord(forwardedHeaders) })
  .transform((headers) => ({ headers, trust: [] }));

export const forwardedSchema: z.ZodType<ForwardedConfig> = z
  .union([forwardedWord, forwardedFields], {
    error: expectedWord(forwardedHeaders, ", or an object of forwarded options"),
  })
  .prefault(defaults.forwarded.headers)
  .describe("where HTTP is peeked: the headers that name the client, replacing what clients sent");

function peekOf(word: PeekWord): PeekConfig | undefined {
  const { timeoutMs, byteCount, strict: isStrict } = defaults.peek;
  return word === "none" ? undefined : { as: word, timeoutMs, byteCount, strict: isStrict };
}
