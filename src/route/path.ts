// The path of a request as routes compare it: in one form, whatever way it was written. A backend may read a path in more than
// one way; where it could see another path than the routes did, the path is unclear and no route is chosen by it.

import type { Http1Head } from "../wire/http1-head.ts";

/** Why a path is unclear: servers differ in what they make of it. */
export type UnclearPath =
  | "encoded-slash"
  | "backslash"
  | "nul"
  | "fragment"
  | "no-leading-slash"
  | "dots-after-empty-segment";

/** `none`: the request has no path, as CONNECT and `OPTIONS *`. */
export type RoutePath =
  | { readonly kind: "clear"; readonly path: string }
  | { readonly kind: "unclear"; readonly reason: UnclearPath }
  | { readonly kind: "none" };

const NONE: RoutePath = { kind: "none" };
const ROOT: RoutePath = { kind: "clear", path: "/" };

/** What has to be looked at twice: escapes, empty and dot segments, what stands for a slash or an end, and what is not ASCII. */
const UNUSUAL = /%|\/\/|\/\.|[^!-~]|[\\#]/;

/** RFC 3986 §3.3: what stands in a segment as it is. Escaped, it means the same to almost every server, so it is compared as one.
 * All but `*`, which is more than a character in a pattern. */
const PLAIN = /[A-Za-z0-9\-._~!$&'()+,;=:@]/;

/** The path of a request's head, without the query: RFC 9112 §3.2. */
export function pathOf({ form, path }: Pick<Http1Head, "form" | "path">): RoutePath {
  if (form === "authority" || form === "asterisk") return NONE;
  if (form === "absolute" && path === "") return ROOT;
  return normalisePath(path);
}

/**
 * Removes dot segments and empty ones, decodes what need not be escaped, writes other escapes in upper case, and escapes what is
 * not printable ASCII and a % that begins no escape. Characters above U+007F are taken for bytes of Latin-1. Linear time.
 */
export function normalisePath(path: string): RoutePath {
  if (!path.startsWith("/")) return { kind: "unclear", reason: "no-leading-slash" };
  if (!UNUSUAL.test(path)) return { kind: "clear", path };
  const decoded = decodePlain(path);
  const reason = unclearBecause(decoded);
  if (reason !== undefined) return { kind: "unclear", reason };
  const stack: string[] = [];
  let isDirectory = false;
  for (const part of decoded.split("/").slice(1)) {
    isDirectory = part === "" || part === "." || part === "..";
    // RFC 3986 §5.2.4 takes the empty segment away, a server that merges slashes first the one before it.
    if (part !== "..") {
      if (part !== ".") stack.push(part);
    } else if (stack.pop() === "") return { kind: "unclear", reason: "dots-after-empty-segment" };
  }
  const segments = stack.filter((segment) => segment !== "");
  const end = isDirectory && segments.length > 0 ? "/" : "";
  return { kind: "clear", path: `/${segments.join("/")}${end}` };
}

function decodePlain(path: string): string {
  return path.replace(/%([0-9a-fA-F]{2})|[^!-$&-~]/g, (found, hex: string | undefined) => {
    if (hex === undefined) return escaped(found.charCodeAt(0) & 0xff);
    const code = Number.parseInt(hex, 16);
    const character = String.fromCharCode(code);
    return PLAIN.test(character) ? character : escaped(code);
  });
}

function unclearBecause(decoded: string): UnclearPath | undefined {
  if (decoded.includes("%2F")) return "encoded-slash";
  if (decoded.includes("%5C") || decoded.includes("\\")) return "backslash";
  if (decoded.includes("%00")) return "nul";
  // A target has no fragment (RFC 9112 §3.2). One server takes what follows # for a part of the path, another cuts it off.
  return decoded.includes("#") ? "fragment" : undefined;
}

function escaped(code: number): string {
  return `%${code.toString(16).toUpperCase().padStart(2, "0")}`;
}
