import type { Parsed } from "../wire/parsed.ts";
import { quote } from "../wire/quote.ts";
import { normalisePath } from "./path.ts";

/**
 * A pattern as routes compare it, from how people write it: `/login` is that path alone; `/api/*` is everything below `/api`, and
 * `/api` itself; `/img*` is everything that begins with `/img`. A `*` stands at the end only.
 */
export function parsePathPattern(text: string): Parsed<string> {
  if (!text.startsWith("/"))
    return { problem: `${quote(text)} does not begin with a slash; write ${quote(withSlash(text))}` };
  if (text.includes("?")) {
    return {
      problem: `${quote(text)} has a ?, but a path is compared without its query; write ${quote(text.replace(/\?.*/s, ""))}`,
    };
  }
  const hasStar = text.endsWith("*");
  const written = hasStar ? text.slice(0, -1) : text;
  if (written.includes("*")) {
    return {
      problem: `${quote(text)} has a * before its end; expected one at the end only, as in /api/*, or a path-regex`,
    };
  }
  const normal = normalisePath(bytesOf(written));
  if (normal.kind === "clear") return { value: hasStar ? `${normal.path}*` : normal.path };
  return {
    problem: `${quote(text)} would match nothing: a path with an encoded slash, a backslash, a NUL or a # matches no route`,
  };
}

/** Whether a path, as normalisePath() gives it, is one of the patterns. */
export class PathPatterns {
  readonly #exact = new Set<string>();
  readonly #prefixes: string[] = [];

  /** As parsePathPattern() gives them. */
  constructor(patterns: readonly string[]) {
    for (const pattern of patterns) {
      if (!pattern.endsWith("*")) this.#exact.add(pattern);
      else this.#prefixes.push(pattern.slice(0, -1));
      if (pattern.endsWith("/*") && pattern !== "/*") this.#exact.add(pattern.slice(0, -2));
    }
  }

  match(path: string): boolean {
    if (this.#exact.has(path)) return true;
    for (const prefix of this.#prefixes) if (path.startsWith(prefix)) return true;
    return false;
  }
}

/** A text as the bytes of its UTF-8, one a character: as a path arrives. */
function bytesOf(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

function withSlash(text: string): string {
  return text === "*" || text === "" ? "/*" : `/${text}`;
}
