// The routes and the lists of networks that flags and environment give.

import type { Problem } from "../errors.ts";
import { parseCidr } from "../wire/cidr.ts";
import { type Given, type Written, written } from "./given.ts";
import type { Key } from "./key.ts";
import { routeKey } from "./keys.ts";
import type { RouteConditionOptions, RouteOptions } from "./route-options.ts";
import { routesSchema } from "./route-schema.ts";
import { parseRouteText } from "./route-text.ts";
import { schemaProblems } from "./schema-problems.ts";

export interface GivenRoute {
  readonly path: string;
  readonly route: RouteOptions;
}

/** Those without a problem. */
export function givenRoutes(given: Given, problems: Problem[]): readonly GivenRoute[] {
  return written(routeKey, given)
    .flatMap(apart)
    .flatMap(({ path, text }) => {
      const parsed = parseRouteText(text);
      if ("problem" in parsed) {
        problems.push({ path, message: parsed.problem });
        return [];
      }
      const { error } = routesSchema.safeParse([parsed.value]);
      if (error === undefined) return [{ path, route: parsed.value }];
      for (const { message } of schemaProblems(error)) problems.push({ path, message });
      return [];
    });
}

/** The networks of `--allow` and its like; undefined where it is not given. Problems go to `problems`. */
export function givenCidrs(key: Key, given: Given, problems: Problem[]): readonly string[] | undefined {
  const values = written(key, given);
  if (values.length === 0) return undefined;
  return values.flatMap(({ path, text }) =>
    text.split(",").flatMap((each) => {
      const cidr = each.trim();
      const parsed = parseCidr(cidr);
      if ("value" in parsed) return [cidr];
      problems.push({ path, message: parsed.problem });
      return [];
    }),
  );
}

/** `all` where it takes both, HTTP and TLS, to decide; undefined where it takes no bytes. */
export function bytesNeeded(routes: readonly RouteOptions[]): "http" | "all" | undefined {
  const all = routes.flatMap(({ not, ...when }): RouteConditionOptions[] => (not === undefined ? [when] : [when, not]));
  if (all.some(({ sni, alpn, protocol }) => (sni ?? alpn ?? protocol) !== undefined)) return "all";
  const isHttp = ({ path, pathRegex, host, method, header }: RouteConditionOptions): boolean =>
    (path ?? pathRegex ?? host ?? method ?? header) !== undefined;
  return all.some(isHttp) ? "http" : undefined;
}

/** In the environment there is one text for all routes; they hold commas, so that semicolons are between them. */
function apart({ path, text }: Written): readonly Written[] {
  if (path.startsWith("--")) return [{ path, text }];
  return text
    .split(";")
    .map((each) => ({ path, text: each.trim() }))
    .filter(({ text: each }) => each !== "");
}
