import { quote } from "../wire/quote.ts";

const PLAIN_KEY = /^[\w$-]{1,64}$/;

/** Where in the options something is: `pools.web.backends[0].weight`; names that hold a dot as `pools["a.b"]`. */
export function optionPath(segments: readonly PropertyKey[], root = ""): string {
  const path = segments.reduce<string>((before, segment) => {
    if (typeof segment === "number") return `${before}[${segment}]`;
    const key = String(segment);
    if (!PLAIN_KEY.test(key)) return `${before}[${quote(key)}]`;
    return before === "" ? key : `${before}.${key}`;
  }, root);
  return path === "" ? "options" : path;
}
