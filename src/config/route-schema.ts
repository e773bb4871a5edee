// Routes as the library's user writes them, made plain rules.

import { z } from "zod";
import { parsePathRegex } from "../route/bounded-regex.ts";
import { parseHostPattern } from "../route/host-pattern.ts";
import { isName, parseMethod } from "../route/method.ts";
import { parsePathPattern } from "../route/path-pattern.ts";
import { protocols } from "../route/peeked.ts";
import type { Rejection, RouteConditions, RouteFunction, RouteRule, RouteTarget } from "../route/rule.ts";
import { parseTextPattern } from "../route/text-pattern.ts";
import type { Parsed } from "../wire/parsed.ts";
import { quote } from "../wire/quote.ts";
import { expected, expectedWord } from "./expectation.ts";
import { limits } from "./limits.ts";
import { parseTlvType } from "./tlv-type.ts";
import { callback, cidr, strict } from "./value-schemas.ts";

const ROUTE = "an object of a route's conditions with pool, split or reject, or a function";
const REJECT = 'a status from 400 to 599, "close" or "reset"';
const CONDITIONS = "an object of conditions";

const routeError = { error: expected(ROUTE) };
const rejectError = { error: expected(REJECT) };
const protocolError = { error: expectedWord(protocols) };
const textError = { error: expected("a text, or a list of texts") };

const text = z.string(textError).min(1, { error: expected("a text that is not empty") });

/** A text that a parser has put into the form in which routes compare it. */
function parsedBy(parse: (text: string) => Parsed<string>): z.ZodType<string> {
  return text.transform((written, context) => {
    const parsed = parse(written);
    if ("value" in parsed) return parsed.value;
    context.addIssue({ code: "custom", message: parsed.problem });
    return z.NEVER;
  });
}

const hostPattern = parsedBy(parseHostPattern);

function oneOrMany<Value>(one: z.ZodType<Value>, params = textError): z.ZodType<readonly Value[]> {
  const many = z.array(one, params).min(1, { error: "got an empty list, expected at least one" });
  return z.union([one.transform((only) => [only]), many], params);
}

const byName = z.record(z.string(), oneOrMany(parsedBy(parseTextPattern)), {
  error: expected("an object that holds values by name"),
});

const conditionShape = {
  path: oneOrMany(parsedBy(parsePathPattern)).optional().describe("/api/*, which also matches /api; or a whole path"),
  pathRegex: oneOrMany(parsedBy(parsePathRegex))
    .optional()
    .describe("a regular expression, without backreferences, lookaround and nested quantifiers"),
  host: oneOrMany(hostPattern).optional().describe("example.com, or *.example.com for what is below it"),
  method: oneOrMany(parsedBy(parseMethod)).optional().describe("GET, POST and so on"),
  header: byName.optional().describe("values by the header's name, with * for any number of characters"),
  sni: oneOrMany(hostPattern).optional().describe("as host, of a TLS client"),
  alpn: oneOrMany(text).optional().describe("names that a TLS client offers, such as h2"),
  protocol: oneOrMany(z.enum(protocols, protocolError), protocolError)
    .optional()
    .describe("http, h2, tls, other or silent"),
  client: oneOrMany(cidr).optional().describe("CIDRs or addresses"),
  tlv: byName.optional().describe("values by the type of a PROXY header's TLV, with * for any number of characters"),
};

const conditions = strict(CONDITIONS, conditionShape);

const reject: z.ZodType<Rejection> = z.union(
  [
    z.enum(["close", "reset"], rejectError),
    z.int(rejectError).min(limits.rejectStatus.min, rejectError).max(limits.rejectStatus.max, rejectError),
  ],
  rejectError,
);

const shareError = { error: expected("a whole number from 0 to 1,000,000") };
const split = z.record(
  z.string(),
  z.int(shareError).min(limits.share.min, shareError).max(limits.share.max, shareError),
  { error: expected("an object that holds shares by pool") },
);

const rule = strict(ROUTE, {
  ...conditionShape,
  not: conditions.optional().describe("each key in it fails the route where it holds"),
  pool: z
    .string({ error: expected("the name of a pool") })
    .optional()
    .describe("where it leads"),
  split: split.optional().describe("or pools by their share"),
  reject: reject.optional().describe("or no pool: a status from 400 to 599, close or reset"),
}).transform(({ not = {}, pool, split: shares, reject: how, ...when }, context): RouteRule => {
  const targets: readonly (RouteTarget | undefined)[] = [
    pool === undefined ? undefined : { kind: "pool", pool },
    shares === undefined ? undefined : splitTarget(shares),
    how === undefined ? undefined : { kind: "reject", how },
  ];
  const [target, second] = targets.filter((each) => each !== undefined);
  const add = (message: string, path: string[] = []) => context.addIssue({ code: "custom", path, message });
  if (target === undefined) add("leads nowhere, expected one of pool, split and reject");
  if (second !== undefined) add("leads to several things, expected one of pool, split and reject");
  if (target?.kind === "split" && !target.parts.some(({ weight }) => weight > 0)) {
    add("got no share above 0, expected one at least", ["split"]);
  }
  const tlvProblem = (written: z.infer<typeof conditions>, path: string[]) => {
    for (const type of Object.keys(written.tlv ?? {})) {
      const parsed = parseTlvType(type, limits.tlv);
      if ("problem" in parsed) add(parsed.problem, [...path, type]);
    }
  };
  const headerProblem = (written: z.infer<typeof conditions>, path: string[]) => {
    for (const name of Object.keys(written.header ?? {})) {
      if (!isName(name)) add(`${quote(name)} is no name of a header; expected one such as x-canary`, [...path, name]);
    }
  };
  tlvProblem(when, ["tlv"]);
  tlvProblem(not, ["not", "tlv"]);
  headerProblem(when, ["header"]);
  headerProblem(not, ["not", "header"]);
  return { when: conditionsOf(when), not: conditionsOf(not), target: target ?? { kind: "reject", how: "close" } };
});

export const routesSchema: z.ZodType<readonly (RouteRule | RouteFunction)[]> = z
  .array(z.union([rule, callback<RouteFunction>(routeError)], routeError), { error: expected("a list of routes") })
  .max(limits.routes.max, { error: `expected at most ${limits.routes.max.toLocaleString("en-US")} routes` })
  .prefault([])
  .describe("the first that matches decides which pool serves");

function splitTarget(shares: Readonly<Record<string, number>>): RouteTarget {
  return { kind: "split", parts: Object.entries(shares).map(([pool, weight]) => ({ pool, weight })) };
}

/** Without what is not given, and as peeking will show it: hosts and names of headers in lower case. */
function conditionsOf({ header, tlv, ...same }: z.infer<typeof conditions>): RouteConditions {
  const all = {
    ...same,
    header: header && Object.fromEntries(Object.entries(header).map(([name, values]) => [name.toLowerCase(), values])),
    tlv: tlv && Object.fromEntries(Object.entries(tlv).flatMap(typed)),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function typed([type, values]: [string, readonly string[]]): [number, readonly string[]][] {
  const parsed = parseTlvType(type, limits.tlv);
  return "value" in parsed ? [[parsed.value, values]] : [];
}
