import fc from "fast-check";
import { BoundedRegex, parsePathRegex } from "../../src/route/bounded-regex.ts";
import type { Peeked } from "../../src/route/peeked.ts";
import { createRouter } from "../../src/route/router.ts";
import type { RouteConditions, RouteRule } from "../../src/route/rule.ts";
import { request } from "../../test/route/peeks.ts";
import { anyRegex } from "../../test/route/regexes.ts";
import { type Costs, nanosecondsEach } from "./stopwatch.ts";

const ROUTES = 50;
const PATTERNS = 2_000;
const LONGEST_PATH = 2_048;
const SEED = 4;
const MATCHES = 10;

/** What a decision costs: by the last of 50 routes of each kind, and by a regular expression at its worst. */
export function measureRoutes(): Costs {
  const path = request("/service-49/users/17");
  const unusual = request("/service-%34%39/users/../17");
  return {
    "route, the last of 50 paths": decision((index) => ({ path: [`/service-${index}/*`] }), path),
    "route, the last of 50 paths, escaped": decision((index) => ({ path: [`/service-${index}/*`] }), unusual),
    "route, the last of 50 hosts": decision(
      (index) => ({ host: [`*.service-${index}.example.com`] }),
      request("/", { host: "www.service-49.example.com" }),
    ),
    "route, the last of 50 clients": decision((index) => ({ client: [`10.${index}.0.0/16`] }), {
      ...path,
      clientIp: "10.49.1.2",
    }),
    "route, the last of 50 path-regexes": decision((index) => ({ pathRegex: [`^/service-${index}/[a-z]+/`] }), path),
    ...worstRegex(),
  };
}

function decision(when: (index: number) => RouteConditions, peeked: Peeked): number {
  const routes = Array.from(
    { length: ROUTES },
    (_, index): RouteRule => ({ when: when(index), not: {}, target: { kind: "pool", pool: `pool-${index}` } }),
  );
  const router = createRouter(routes, () => 0);
  if (router.decide(peeked)?.kind !== "pool") throw new Error("the last route does not match");
  return nanosecondsEach(() => void router.decide(peeked));
}

/** Of many patterns, and of paths of 2 KiB that are one short text again and again, the slowest match. */
function worstRegex(): Costs {
  const sources = fc
    .sample(anyRegex, { numRuns: PATTERNS, seed: SEED })
    .filter((source) => "value" in parsePathRegex(source));
  const paths = ["a", "b", "x", "ab", "/a", "aab/", "a1-"].map((part) =>
    `/${part.repeat(LONGEST_PATH)}`.slice(0, LONGEST_PATH),
  );
  let slowest = { ns: 0, regex: new BoundedRegex("/"), path: "/" };
  for (const source of sources) {
    const regex = new BoundedRegex(source);
    for (const path of paths) {
      const startMs = performance.now();
      for (let match = 0; match < MATCHES; match++) regex.match(path);
      const ns = ((performance.now() - startMs) * 1e6) / MATCHES;
      if (ns > slowest.ns) slowest = { ns, regex, path };
    }
  }
  const { regex, path } = slowest;
  return { "path-regex, the worst found, 2 KiB": nanosecondsEach(() => void regex.match(path)) };
}
