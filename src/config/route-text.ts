// A route as a flag has it: path=/api/*,method=GET,method=POST,pool=api. A key that is repeated means any of its values.

import { protocols } from "../route/peeked.ts";
import type { Rejection } from "../route/rule.ts";
import type { Parsed } from "../wire/parsed.ts";
import { quote } from "../wire/quote.ts";
import { parseCount } from "./count.ts";
import { limits } from "./limits.ts";
import { parseRejection } from "./rejection.ts";
import type { RouteConditionOptions, RouteOptions } from "./route-options.ts";
import { didYouMean } from "./suggestion.ts";

const plainKeys = ["path", "path-regex", "host", "method", "sni", "alpn", "protocol", "client"] as const;
const KEYS = [...plainKeys, "header.NAME", "tlv.TYPE", "not.KEY", "pool", "split.POOL", "reject"];

const PIECE = /^([a-z-]+(?:\.[^=]*)?)=(.*)$/is;

/** Conditions while they are collected. */
interface Collected {
  readonly texts: Map<string, string[]>;
  readonly header: Map<string, string[]>;
  readonly tlv: Map<string, string[]>;
}

interface Target {
  pool?: string;
  reject?: Rejection;
  split?: Record<string, number>;
}

/** What patterns and names mean is checked where all routes are. */
export function parseRouteText(text: string): Parsed<RouteOptions> {
  const when = collected();
  const not = collected();
  const target: Target = {};
  for (const [key, value] of pieces(text)) {
    const problem = value === undefined ? noValue(key) : take(key, value, when, not, target);
    if (problem !== undefined) return { problem: `${quote(text)}: ${problem}` };
  }
  const negated = conditionsOf(not);
  return {
    value: { ...conditionsOf(when), ...(Object.keys(negated).length === 0 ? {} : { not: negated }), ...target },
  };
}

/** Keys with their values. A regular expression may hold commas: what has no key of its own belongs to it. */
function pieces(text: string): readonly (readonly [key: string, value: string | undefined])[] {
  const found: [string, string | undefined][] = [];
  for (const piece of text.split(",")) {
    const [, key, value] = PIECE.exec(piece.trim()) ?? [];
    const last = found.at(-1);
    if (key !== undefined && value !== undefined) found.push([key.toLowerCase(), value]);
    else if (last?.[0].endsWith("path-regex") && last[1] !== undefined) last[1] += `,${piece}`;
    else found.push([piece.trim(), undefined]);
  }
  return found;
}

function take(key: string, value: string, when: Collected, not: Collected, target: Target): string | undefined {
  if (value === "") return `${quote(key)} has no value; write ${key}=VALUE`;
  if (key === "pool") {
    if (target.pool !== undefined) return "has two pools; for several write split.POOL=N";
    target.pool = value;
    return undefined;
  }
  if (key === "reject") {
    const parsed = parseRejection(value);
    if ("problem" in parsed) return `reject: ${parsed.problem}`;
    target.reject = parsed.value;
    return undefined;
  }
  if (key.startsWith("split.")) {
    const parsed = parseCount(value, limits.share);
    if ("problem" in parsed) return `${key}: ${parsed.problem}`;
    target.split = { ...target.split, [key.slice("split.".length)]: parsed.value };
    return undefined;
  }
  return key.startsWith("not.") ? condition(key.slice("not.".length), value, not) : condition(key, value, when);
}

function condition(key: string, value: string, into: Collected): string | undefined {
  for (const [prefix, map] of [["header.", into.header] as const, ["tlv.", into.tlv] as const]) {
    if (key.startsWith(prefix)) return add(map, key.slice(prefix.length), value);
  }
  if (!plainKeys.some((known) => known === key)) return `unknown key ${quote(key)}${meant(key)}`;
  if (key === "protocol" && !protocols.some((known) => known === value)) {
    return `protocol: got ${quote(value)}, expected one of ${protocols.join(", ")}${didYouMean(value, protocols)}`;
  }
  return add(into.texts, key, value);
}

function add(map: Map<string, string[]>, key: string, value: string): undefined {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

function conditionsOf({ texts, header, tlv }: Collected): RouteConditionOptions {
  const { "path-regex": pathRegex, ...same } = Object.fromEntries(texts);
  return {
    ...same,
    ...(pathRegex === undefined ? {} : { pathRegex }),
    ...(header.size === 0 ? {} : { header: Object.fromEntries(header) }),
    ...(tlv.size === 0 ? {} : { tlv: Object.fromEntries(tlv) }),
  };
}

function collected(): Collected {
  return { texts: new Map(), header: new Map(), tlv: new Map() };
}

function noValue(piece: string): string {
  if (piece === "") return "has an empty part; remove the comma";
  return `${quote(piece)} is no KEY=VALUE; repeat the key before it for another value`;
}

function meant(key: string): string {
  return didYouMean(key, KEYS) || `; the keys are ${KEYS.join(", ")}`;
}
