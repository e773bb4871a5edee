// From a method and a path to what serves it. Paths are compared as they are: nothing is decoded, joined or cleaned up
// before, so that no two spellings lead to one place.

import type { Method } from "./operations.ts";

/** A path in which `{name}` stands for one segment. */
interface Routed {
  readonly method: Method;
  readonly path: string;
}

export type Match<Route> =
  | { readonly kind: "route"; readonly route: Route; readonly parameters: Readonly<Record<string, string>> }
  /** The path is one of ours, for other methods. */
  | { readonly kind: "other-method"; readonly allowed: readonly string[] }
  | { readonly kind: "unknown" };

interface Pattern<Route> {
  readonly segments: readonly string[];
  readonly routes: Map<string, Route>;
}

/** Finds routes. HEAD is served wherever GET is. */
export class Router<Route extends Routed> {
  readonly #patterns = new Map<string, Pattern<Route>>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const pattern = this.#patterns.get(route.path) ?? { segments: route.path.split("/"), routes: new Map() };
      pattern.routes.set(route.method, route);
      this.#patterns.set(route.path, pattern);
    }
  }

  /** @param path without the query. */
  match(method: string, path: string): Match<Route> {
    const segments = path.split("/");
    for (const pattern of this.#patterns.values()) {
      const parameters = parametersOf(pattern.segments, segments);
      if (parameters === undefined) continue;
      const route = pattern.routes.get(method === "HEAD" ? "GET" : method);
      if (route !== undefined) return { kind: "route", route, parameters };
      const allowed = [...pattern.routes.keys()].flatMap((each) => (each === "GET" ? ["GET", "HEAD"] : [each]));
      return { kind: "other-method", allowed };
    }
    return { kind: "unknown" };
  }
}

function parametersOf(
  pattern: readonly string[],
  segments: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const segment = segments[index] ?? "";
    if (!expected.startsWith("{")) {
      if (segment !== expected) return undefined;
      continue;
    }
    // Once, and only what stands for a name: a slash in one is no other path then.
    const decoded = decodedOnce(segment);
    if (decoded === undefined || decoded === "") return undefined;
    parameters[expected.slice(1, -1)] = decoded;
  }
  return parameters;
}

function decodedOnce(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
