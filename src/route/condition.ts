import type { CidrSet } from "../wire/cidr-set.ts";
import { cidrSet } from "../wire/cidr-set.ts";
import { tlvText } from "../wire/proxy-tlv.ts";
import { BoundedRegex } from "./bounded-regex.ts";
import { HostPatterns } from "./host-pattern.ts";
import type { RoutePath } from "./path.ts";
import { PathPatterns } from "./path-pattern.ts";
import type { Peeked } from "./peeked.ts";
import type { RouteConditions } from "./rule.ts";
import { TextPattern } from "./text-pattern.ts";

/** How much of `peeked` counts: the address and the PROXY header, also the protocol, or all. */
export type Known = "client" | "protocol" | "all";

export interface Sight {
  readonly peeked: Peeked;
  readonly known: Known;
  /** Of the request, where a route asks for it and all is known. */
  readonly path: RoutePath;
}

/** `unknown`: it depends on what is not known yet. */
export type Truth = "yes" | "no" | "unknown";

/** One key of a route. What is asked of another protocol's bytes does not hold. */
export class Condition {
  /** What it looks at. */
  readonly needs: "client" | "protocol" | "http" | "tls";
  readonly isOfPath: boolean;
  readonly #test: (sight: Sight) => boolean;

  constructor(needs: Condition["needs"], test: (sight: Sight) => boolean, isOfPath = false) {
    this.needs = needs;
    this.isOfPath = isOfPath;
    this.#test = test;
  }

  holds(sight: Sight): Truth {
    const { needs } = this;
    if (sight.known !== "all" && needs !== "client") {
      if (sight.known === "client") return "unknown";
      if (needs !== "protocol") return needs === sight.peeked.protocol ? "unknown" : "no";
    }
    return this.#test(sight) ? "yes" : "no";
  }
}

/** The keys that are given, the cheap ones and those known early first. Each header and each TLV is one of its own. */
export function conditionsOf(written: RouteConditions): readonly Condition[] {
  const { client, tlv, protocol, method, host, path, pathRegex, header, sni, alpn } = written;
  return [
    ...(client === undefined ? [] : [clientCondition(client)]),
    ...Object.entries(tlv ?? {}).map(([type, patterns]) => tlvCondition(Number(type), patterns)),
    ...(protocol === undefined ? [] : [new Condition("protocol", ({ peeked }) => protocol.includes(peeked.protocol))]),
    ...(method === undefined ? [] : [methodCondition(method)]),
    ...(host === undefined ? [] : [hostCondition(host)]),
    ...(path === undefined ? [] : [pathCondition(new PathPatterns(path))]),
    ...(pathRegex === undefined ? [] : [pathCondition(anyOf(pathRegex.map((source) => new BoundedRegex(source))))]),
    ...Object.entries(header ?? {}).map(([name, patterns]) => headerCondition(name, patterns)),
    ...(sni === undefined ? [] : [sniCondition(sni)]),
    ...(alpn === undefined ? [] : [alpnCondition(alpn)]),
  ];
}

interface Matcher {
  match(text: string): boolean;
}

function anyOf(matchers: readonly Matcher[]): Matcher {
  const [only, ...others] = matchers;
  if (only !== undefined && others.length === 0) return only;
  return { match: (text) => matchers.some((matcher) => matcher.match(text)) };
}

function textMatcher(patterns: readonly string[]): Matcher {
  return anyOf(patterns.map((pattern) => new TextPattern(pattern)));
}

function clientCondition(networks: readonly string[]): Condition {
  const set: CidrSet = cidrSet(networks);
  return new Condition("client", ({ peeked }) => set.has(peeked.clientIp));
}

function tlvCondition(type: number, patterns: readonly string[]): Condition {
  const matcher = textMatcher(patterns);
  return new Condition("client", ({ peeked }) => {
    const text = peeked.proxy === undefined ? undefined : tlvText(peeked.proxy.tlvs, type);
    return text !== undefined && matcher.match(text);
  });
}

function methodCondition(methods: readonly string[]): Condition {
  return new Condition("http", ({ peeked }) => peeked.http !== undefined && methods.includes(peeked.http.method));
}

function hostCondition(hosts: readonly string[]): Condition {
  const patterns = new HostPatterns(hosts);
  return new Condition("http", ({ peeked }) => peeked.http?.host !== undefined && patterns.match(peeked.http.host));
}

function pathCondition(matcher: Matcher): Condition {
  return new Condition("http", ({ path }) => path.kind === "clear" && matcher.match(path.path), true);
}

function headerCondition(name: string, patterns: readonly string[]): Condition {
  const matcher = textMatcher(patterns);
  const lower = name.toLowerCase();
  return new Condition("http", ({ peeked }) => {
    for (const header of peeked.http?.headers ?? []) {
      if (header.name === lower && matcher.match(header.value)) return true;
    }
    return false;
  });
}

function sniCondition(names: readonly string[]): Condition {
  const patterns = new HostPatterns(names);
  return new Condition("tls", ({ peeked }) => peeked.tls?.sni !== undefined && patterns.match(peeked.tls.sni));
}

function alpnCondition(names: readonly string[]): Condition {
  return new Condition("tls", ({ peeked }) => peeked.tls?.alpn.some((name) => names.includes(name)) ?? false);
}
