// Routes in a file.

import type { z } from "zod";
import { parsePathRegex } from "../../route/bounded-regex.ts";
import { parseHostPattern } from "../../route/host-pattern.ts";
import { parseMethod } from "../../route/method.ts";
import { parsePathPattern } from "../../route/path-pattern.ts";
import { protocols } from "../../route/peeked.ts";
import { parseTextPattern } from "../../route/text-pattern.ts";
import type { Parsed } from "../../wire/parsed.ts";
import { parseCount } from "../count.ts";
import { defined } from "../defined.ts";
import { choice } from "../kind.ts";
import { limits } from "../limits.ts";
import { parseRejection } from "../rejection.ts";
import type { OneOrMany, RouteConditionOptions, RouteOptions } from "../route-options.ts";
import { CIDRS, cidrLeaf, countLeaf, ofKind, parsedLeaf, textLeaf } from "./leaf.ts";
import { key, list, named, oneOrMany, section } from "./section.ts";

const texts = (what: string, parse?: (text: string) => Parsed<string>) =>
  oneOrMany(parse === undefined ? textLeaf(what) : parsedLeaf(what, parse), `${what}, or a list of them`);

const conditions = {
  path: key(texts("a path such as /api/*", parsePathPattern), {
    description: "/api/*, which also matches /api; or a whole path",
  }),
  "path-regex": key(texts("a regular expression", parsePathRegex), {
    description: "a regular expression, without backreferences, lookaround and nested quantifiers",
  }),
  host: key(texts("a host such as *.example.com", parseHostPattern), {
    description: "example.com, or *.example.com for what is below it",
  }),
  method: key(texts("a method such as GET", parseMethod), { description: "GET, POST and so on" }),
  header: key(named(texts("a header's value", parseTextPattern), "values by the header's name"), {
    description: "values by the header's name, with * for any number of characters",
  }),
  sni: key(texts("a host such as *.example.com", parseHostPattern), { description: "as host, of a TLS client" }),
  alpn: key(texts("a name such as h2"), { description: "names that a TLS client offers, such as h2" }),
  protocol: key(oneOrMany(ofKind(choice(protocols[0], protocols)), "a protocol, or a list of them"), {
    description: "http, h2, tls, other or silent",
  }),
  client: key(oneOrMany(cidrLeaf(), CIDRS), { description: "CIDRs or addresses" }),
  tlv: key(named(texts("a TLV's value", parseTextPattern), "values by the TLV's type, such as 0xEA"), {
    description: "values by the type of a PROXY header's TLV, with * for any number of characters",
  }),
};

const negated = section("a map of conditions", conditions).transform(conditionsOf);

const shares = named(
  countLeaf(limits.share, (text) => parseCount(text, limits.share)),
  "shares by pool, such as { web: 95, api: 5 }",
);

const route = section("a map with conditions and pool, split or reject", {
  ...conditions,
  not: key(negated, { description: "each key in it fails the route where it holds" }),
  pool: key(textLeaf("the name of a pool"), { description: "where it leads" }),
  split: key(shares, { description: "or pools by their share" }),
  reject: key(parsedLeaf("a status from 400 to 599, close or reset", parseRejection), {
    description: "or no pool: a status from 400 to 599, close or reset",
  }),
}).transform(
  ({ not, pool, split, reject, ...when }): RouteOptions =>
    defined<RouteOptions>({ ...conditionsOf(when), not, pool, split, reject }),
);

export const routes: z.ZodType<RouteOptions[]> = list(route, "a list of routes");

interface Conditions extends Omit<RouteConditionOptions, "pathRegex"> {
  readonly "path-regex"?: OneOrMany | undefined;
}

type Written = { readonly [Name in keyof Conditions]: Conditions[Name] | undefined };

function conditionsOf({ "path-regex": pathRegex, ...same }: Written): RouteConditionOptions {
  return defined<RouteConditionOptions>({ ...same, pathRegex });
}
