import { isIP, isIPv6 } from "node:net";
import { hostProblem } from "../wire/host.ts";
import type { Parsed } from "../wire/parsed.ts";
import { quote } from "../wire/quote.ts";

/**
 * A pattern as routes compare it, from how people write it: `example.com` is that host alone, `*.example.com` any number of labels
 * before it but never `example.com` itself, `*` any host. Lower case, no trailing dot, IPv6 without brackets.
 */
export function parseHostPattern(text: string): Parsed<string> {
  const lower = text.toLowerCase();
  if (lower === "*") return { value: lower };
  if (lower.includes("//")) return { problem: `${quote(text)} is a URL; expected its host alone, such as example.com` };
  if (lower.includes("/"))
    return {
      problem: `${quote(text)} has a path, which is a condition of its own; expected a host such as example.com`,
    };
  const bare = lower.startsWith("[") && lower.endsWith("]") ? lower.slice(1, -1) : lower;
  if (isIP(bare) !== 0) return { value: bare };
  const port = /:\d*$/.exec(lower);
  if (port !== null) {
    return {
      problem: `${quote(text)} has a port, but hosts are compared without it; write ${quote(lower.slice(0, port.index))}`,
    };
  }
  const name = lower.startsWith("*.") ? lower.slice(2) : lower;
  const plain = name.endsWith(".") ? name.slice(0, -1) : name;
  if (plain.includes("*")) {
    return { problem: `${quote(text)} has a * inside; expected one as the first label only, as in *.example.com` };
  }
  const problem = hostProblem(plain);
  return problem === undefined ? { value: lower.startsWith("*.") ? `*.${plain}` : plain } : { problem };
}

/** Whether a host is one of the patterns. */
export class HostPatterns {
  readonly #exact = new Set<string>();
  /** With the dot before them; for `*`, empty. */
  readonly #suffixes: string[] = [];

  /** As parseHostPattern() gives them. */
  constructor(patterns: readonly string[]) {
    for (const pattern of patterns) {
      if (pattern.startsWith("*")) this.#suffixes.push(pattern.slice(1));
      else this.#exact.add(pattern);
    }
  }

  /** Of a host in lower case, without port and trailing dot. */
  match(host: string): boolean {
    const plain = withoutBrackets(host);
    if (this.#exact.has(plain)) return true;
    for (const suffix of this.#suffixes) if (plain.length > suffix.length && plain.endsWith(suffix)) return true;
    return false;
  }
}

function withoutBrackets(host: string): string {
  if (!host.startsWith("[")) return host;
  const inner = host.slice(1, -1);
  return isIPv6(inner) ? inner : host;
}
