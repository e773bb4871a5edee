// What only shows when a route is compared with its listener and with the pools. It looks at what was written, in the
// library's words or in the file's.

import type { Problem } from "../errors.ts";
import { quote } from "../wire/quote.ts";
import { type Fields, fieldsOf, known } from "./fields.ts";
import { optionPath } from "./option-path.ts";
import { didYouMean } from "./suggestion.ts";

/** What is not known of a client before it has sent something. */
const NEEDS_BYTES = ["path", "pathRegex", "path-regex", "host", "method", "header", "sni", "alpn", "protocol"];
const OF_HTTP = ["path", "pathRegex", "path-regex", "method", "header"];
const OF_TLS = ["sni", "alpn"];

export function routeProblems(listeners: Fields, pools: Fields | undefined): readonly Problem[] {
  return [...listeners].flatMap(([listener, value]) => {
    const fields = fieldsOf(value);
    const routes = fields?.get("routes");
    if (fields === undefined || !Array.isArray(routes)) return [];
    return routes.flatMap((route: unknown, index) => {
      const path = ["listeners", listener, "routes", index];
      const written = fieldsOf(route);
      if (written === undefined) return [];
      return [
        ...(pools === undefined ? [] : targetProblems(written, pools, path)),
        ...peekProblems(written, fields, path),
      ];
    });
  });
}

function targetProblems(route: Fields, pools: Fields, path: readonly PropertyKey[]): readonly Problem[] {
  const pool = route.get("pool");
  const named: readonly (readonly [string, readonly PropertyKey[]])[] = [
    ...(typeof pool === "string" ? [[pool, [...path, "pool"]] as const] : []),
    ...[...(fieldsOf(route.get("split"))?.keys() ?? [])].map((name) => [name, [...path, "split", name]] as const),
  ];
  const names = [...pools.keys()];
  return named
    .filter(([name]) => !pools.has(name))
    .map(([name, where]) => ({
      path: optionPath(where),
      message: `there is no pool ${quote(name)}${didYouMean(name, names) || `; ${known(names)}`}`,
    }));
}

/** A condition that can never hold is a mistake, and not a route that matches nobody. */
function peekProblems(route: Fields, listener: Fields, path: readonly PropertyKey[]): readonly Problem[] {
  const peek = listener.get("peek");
  const as = fieldsOf(peek)?.get("as") ?? peek ?? "none";
  const places = [
    { fields: route, at: path },
    { fields: fieldsOf(route.get("not")), at: [...path, "not"] },
  ];
  return places.flatMap(({ fields, at }) =>
    [...(fields?.keys() ?? [])].flatMap((key) => {
      const message = peekProblem(key, as) ?? (key === "tlv" ? tlvProblem(listener) : undefined);
      return message === undefined ? [] : [{ path: optionPath([...at, key]), message }];
    }),
  );
}

function peekProblem(key: string, as: unknown): string | undefined {
  if (!NEEDS_BYTES.includes(key)) return undefined;
  const wanted = OF_TLS.includes(key) ? "tls" : OF_HTTP.includes(key) || key === "host" ? "http" : "auto";
  const remedy = wanted === "auto" ? "auto" : `${wanted} or auto`;
  if (as === "none") {
    return `needs what clients send, but the listener has peek none; set its peek to ${remedy}`;
  }
  const isBlind = (as === "http" && OF_TLS.includes(key)) || (as === "tls" && wanted === "http");
  return isBlind ? `can never hold, as the listener has peek ${String(as)}; set its peek to ${remedy}` : undefined;
}

function tlvProblem(listener: Fields): string | undefined {
  const accept = listener.get("acceptProxy") ?? listener.get("accept-proxy") ?? "off";
  if (accept !== "off" && accept !== false) return undefined;
  return "needs a PROXY header, but the listener accepts none; say from whom it does in accept-proxy";
}
