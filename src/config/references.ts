// What only shows when two places are compared: names that mean nothing, or mean two things. It looks at what was
// written and not at what a schema made of it, so that one run reports these mistakes next to all others.

import type { Problem } from "../errors.ts";
import { claimOf } from "../wire/address.ts";
import { quote } from "../wire/quote.ts";
import { parseAddress } from "./address-parser.ts";
import { grouped } from "./count.ts";
import { defaults } from "./defaults.ts";
import { limits } from "./limits.ts";
import { nameOfBackend, nameProblem } from "./name.ts";
import { optionPath } from "./option-path.ts";
import { didYouMean } from "./suggestion.ts";

// Names in one message: enough to choose from, few enough for a line.
const MOST_SHOWN = 10;

type Fields = ReadonlyMap<string, unknown>;

export function referenceProblems(options: unknown): readonly Problem[] {
  const fields = fieldsOf(options);
  const listeners = fieldsOf(fields?.get("listeners"));
  const pools = fieldsOf(fields?.get("pools"));
  return [
    ...nameProblems("listeners", listeners),
    ...nameProblems("pools", pools),
    ...workerProblems(fields, pools),
    ...(listeners === undefined ? [] : listenProblems(listeners)),
    ...(listeners === undefined || pools === undefined || pools.size === 0 ? [] : poolProblems(listeners, pools)),
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
    if (fields === undefined || pool !== undefined || pools.size === 1) return [];
    return [{ path, message: `missing, expected the name of a pool, as there are several; ${known(names)}` }];
  });
}

/** What only the caller's own thread can do. */
function workerProblems(fields: Fields | undefined, pools: Fields | undefined): readonly Problem[] {
  const workers = fields?.get("workers") ?? defaults.process.libraryWorkers;
  const transport = fields?.get("transport");
  if (workers === 0) {
    const message = 'got "linux", which needs workers of its own; set workers to 1 or more, or to "auto"';
    return transport === "linux" ? [{ path: "transport", message }] : [];
  }
  return [...(pools ?? [])].flatMap(([pool, value]) => {
    if (typeof fieldsOf(value)?.get("policy") !== "function") return [];
    const message = "a function can't be taken to another thread; set workers to 0, or name a policy";
    return [{ path: optionPath(["pools", pool, "policy"]), message }];
  });
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

function fieldsOf(value: unknown): Fields | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return new Map<string, unknown>(Object.entries(value));
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function known(names: readonly string[]): string {
  const shown = names.slice(0, MOST_SHOWN).map(quote).join(", ");
  return `the pools are ${shown}${names.length > MOST_SHOWN ? ", …" : ""}`;
}
