// What only shows when two places are compared: names that mean nothing, or mean two things. It looks at what was
// written and not at what a schema made of it, so that one run reports these mistakes next to all others.

import type { Problem } from "../errors.ts";
import { claimOf } from "../wire/address.ts";
import { quote } from "../wire/quote.ts";
import { parseAddress } from "./address-parser.ts";
import { grouped } from "./count.ts";
import { defaults } from "./defaults.ts";
import { type Fields, fieldsOf, known } from "./fields.ts";
import { limits } from "./limits.ts";
import { nameOfBackend, nameProblem } from "./name.ts";
import { optionPath } from "./option-path.ts";
import { routeProblems } from "./route-references.ts";
import { didYouMean } from "./suggestion.ts";

export function referenceProblems(options: unknown): readonly Problem[] {
  const fields = fieldsOf(options);
  const listeners = fieldsOf(fields?.get("listeners"));
  const pools = fieldsOf(fields?.get("pools"));
  return [
    ...nameProblems("listeners", listeners),
    ...nameProblems("pools", pools),
    ...workerProblems(fields, pools, listeners),
    ...(listeners === undefined ? [] : listenProblems(listeners)),
    ...(listeners === undefined || pools === undefined || pools.size === 0 ? [] : poolProblems(listeners, pools)),
    ...(listeners === undefined ? [] : routeProblems(listeners, pools)),
    ...(pools === undefined ? [] : duplicateBackends(pools)),
  ];
}

function nameProblems(kind: "listeners" | "pools", named: Fields | undefined): readonly Problem[] {
  if (named?.size === 0) return [{ path: kind, message: "got none, expected at least one" }];
  const { max } = limits[kind];
  if (named !== undefined && named.size > max) {
    return [{ path: kind, message: `got ${grouped(named.size)}, expected at most ${grouped(max)}` }];
  }
  return [...(named?.keys() ?? [])].flatMap((name) => {
    const message = nameProblem(name);
    return message === undefined ? [] : [{ path: optionPath([kind, name]), message }];
  });
}

function poolProblems(listeners: Fields, pools: Fields): readonly Problem[] {
  const names = [...pools.keys()].filter((name) => nameProblem(name) === undefined);
  return [...listeners].flatMap(([listener, value]) => {
    const fields = fieldsOf(value);
    const pool = fields?.get("pool");
    const path = optionPath(["listeners", listener, "pool"]);
    if (typeof pool === "string" && !pools.has(pool)) {
      return [{ path, message: `there is no pool ${quote(pool)}${didYouMean(pool, names) || `; ${known(names)}`}` }];
    }
    const hasRoutes = listed(fields?.get("routes") ?? []).length > 0;
    if (fields === undefined || pool !== undefined || pools.size === 1 || hasRoutes) return [];
    return [{ path, message: `missing, expected the name of a pool, as there are several; ${known(names)}` }];
  });
}

/** What only the caller's own thread can do. */
function workerProblems(
  fields: Fields | undefined,
  pools: Fields | undefined,
  listeners: Fields | undefined,
): readonly Problem[] {
  const workers = fields?.get("workers") ?? defaults.process.libraryWorkers;
  const transport = fields?.get("transport");
  if (workers === 0) {
    const message = 'got "linux", which needs workers of its own; set workers to 1 or more, or to "auto"';
    return transport === "linux" ? [{ path: "transport", message }] : [];
  }
  const there = "a function can't be taken to another thread; set workers to 0, or";
  const policies = [...(pools ?? [])].flatMap(([pool, value]) => {
    if (typeof fieldsOf(value)?.get("policy") !== "function") return [];
    return [{ path: optionPath(["pools", pool, "policy"]), message: `${there} name a policy` }];
  });
  const routes = [...(listeners ?? [])].flatMap(([listener, value]) =>
    listed(fieldsOf(value)?.get("routes")).flatMap((route, index) => {
      if (typeof route !== "function") return [];
      const path = optionPath(["listeners", listener, "routes", index]);
      return [{ path, message: `${there} write the route as an object` }];
    }),
  );
  return [...policies, ...routes];
}

/** Two sockets can't listen on one address. */
function listenProblems(listeners: Fields): readonly Problem[] {
  const claimedBy = new Map<string, string>();
  return [...listeners].flatMap(([listener, value]) =>
    listed(fieldsOf(value)?.get("listen")).flatMap((text) => {
      const parsed = typeof text === "string" ? parseAddress(text, { purpose: "listen" }) : undefined;
      const claim = parsed !== undefined && "value" in parsed ? claimOf(parsed.value) : undefined;
      if (claim === undefined) return [];
      const other = claimedBy.get(claim);
      claimedBy.set(claim, listener);
      if (other === undefined) return [];
      const path = optionPath(["listeners", listener, "listen"]);
      return [{ path, message: `${quote(claim)} is taken by the listener ${quote(other)} already; leave it out here` }];
    }),
  );
}

function duplicateBackends(pools: Fields): readonly Problem[] {
  return [...pools].flatMap(([pool, value]) => {
    const seen = new Set<string>();
    return listed(fieldsOf(value)?.get("backends")).flatMap((backend, index) => {
      const name = writtenName(backend);
      if (name === undefined) return [];
      const path = optionPath(["pools", pool, "backends", index]);
      const duplicate = seen.has(name);
      seen.add(name);
      return duplicate
        ? [{ path, message: `a backend before it is named ${quote(name)} too; give each a name of its own` }]
        : [];
    });
  });
}

function writtenName(backend: unknown): string | undefined {
  if (typeof backend === "string") return nameOfBackend({ address: backend });
  const fields = fieldsOf(backend);
  const name = fields?.get("name");
  const address = fields?.get("address");
  if (typeof name === "string") return name;
  return typeof address === "string" ? nameOfBackend({ address }) : undefined;
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
