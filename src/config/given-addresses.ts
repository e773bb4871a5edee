// The addresses of flags and environment: what is listened on, and which backend goes to which pool.

import type { Problem } from "../errors.ts";
import { claimOf } from "../wire/address.ts";
import { printable, quote } from "../wire/quote.ts";
import { parseAddress } from "./address-parser.ts";
import { DEFAULT_POOL } from "./defaults.ts";
import { type Given, type Written, written } from "./given.ts";
import { listenKey, upstreamKey } from "./keys.ts";
import { nameOfBackend } from "./name.ts";
import type { BackendOptions } from "./options.ts";
import { parseUpstreams } from "./upstream.ts";

export type Pools = ReadonlyMap<string, readonly BackendOptions[]>;

/** What --listen gives, as it was written. */
export function listenAddresses(given: Given, problems: Problem[], isNeeded = true): readonly string[] {
  // What is only read where nothing else is given gives way to a file, too.
  const key = isNeeded ? listenKey : { ...listenKey, otherVariables: [] };
  const addresses = written(key, given).flatMap(splitAtCommas);
  if (addresses.length === 0 && isNeeded) {
    problems.push({ path: "--listen", message: "no address to listen on; give one, such as --listen 80" });
  }
  const claimed = new Set<string>();
  for (const { path, text } of addresses) {
    const parsed = parseAddress(text, { purpose: "listen" });
    const claim = "value" in parsed ? claimOf(parsed.value) : undefined;
    if ("problem" in parsed) problems.push({ path, message: parsed.problem });
    if (claim === undefined) continue;
    if (claimed.has(claim)) problems.push({ path, message: `${quote(text)} is given twice; give it once` });
    claimed.add(claim);
  }
  return addresses.map(({ text }) => text);
}

/** The backends that --upstream gives, by the name of their pool. */
export function pooledBackends(given: Given, problems: Problem[], isNeeded = true): Pools {
  const pools = new Map<string, BackendOptions[]>();
  const values = written(upstreamKey, given);
  for (const { path, text } of values) {
    const parsed = parseUpstreams(text);
    problems.push(...parsed.problems.map((message) => ({ path, message })));
    for (const { pool, backend } of parsed.upstreams) {
      const name = nameOfBackend(backend);
      const backends = pools.get(pool) ?? [];
      if (backends.some((other) => nameOfBackend(other) === name)) {
        const message = `the pool ${quote(pool)} has two backends named ${quote(name)}; leave one out, or give it a name: b=${backend.address}`;
        problems.push({ path, message });
      }
      pools.set(pool, [...backends, backend]);
    }
  }
  if (values.length === 0 && isNeeded) {
    problems.push({ path: "--upstream", message: "no backend; give one, such as --upstream localhost:8080" });
  }
  return pools;
}

/** Whether all are written as `http://…`: then clients speak HTTP, too. */
export function areHttp(pools: Pools): boolean {
  const backends = [...pools.values()].flat();
  return backends.length > 0 && backends.every(({ address }) => /^http:\/\//i.test(address));
}

/** The pool that the listener serves when no route matches. With routes, only one that is called so. */
export function servedPool(pools: Pools, hasRoutes: boolean): string | undefined {
  const [first = DEFAULT_POOL] = pools.keys();
  if (pools.has(DEFAULT_POOL)) return DEFAULT_POOL;
  return hasRoutes ? undefined : first;
}

/** Pools that nothing leads to would stand idle. @param targets Where routes lead. */
export function unserved(pools: Pools, targets: ReadonlySet<string>, given: Given): readonly Problem[] {
  const served = servedPool(pools, targets.size > 0);
  const idle = [...pools.keys()].filter((name) => name !== served && !targets.has(name));
  if (idle.length === 0) return [];
  const path = written(upstreamKey, given)[0]?.path ?? "--upstream";
  const names = idle.map(quote).join(", ");
  const pool = idle[0] ?? DEFAULT_POOL;
  const remedy = `give a route to each, such as --route 'path=/${printable(pool)}/*,pool=${printable(pool)}'`;
  const message =
    targets.size > 0
      ? `nothing leads to the backends of ${names}; ${remedy}`
      : `got backends for the pools ${[...pools.keys()].map(quote).join(", ")}, and nothing says who goes where; ${remedy}, or write one POOL/ or none`;
  return [{ path, message }];
}

function splitAtCommas({ path, text }: Written): readonly Written[] {
  return text.split(",").map((each) => ({ path, text: each.trim() }));
}
