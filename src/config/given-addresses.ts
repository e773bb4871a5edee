// The addresses of flags and environment: what is listened on, and which backend goes to which pool.

import type { Problem } from "../errors.ts";
import { claimOf } from "../wire/address.ts";
import { quote } from "../wire/quote.ts";
import { parseAddress } from "./address-parser.ts";
import { DEFAULT_POOL } from "./defaults.ts";
import { type Given, type Written, written } from "./given.ts";
import { listenKey, upstreamKey } from "./keys.ts";
import { nameOfBackend } from "./name.ts";
import type { BackendOptions } from "./options.ts";
import { parseUpstreams } from "./upstream.ts";

export type Pools = ReadonlyMap<string, readonly BackendOptions[]>;

/** What --listen gives, as it was written. */
export function listenAddresses(given: Given, problems: Problem[]): readonly string[] {
  const addresses = written(listenKey, given).flatMap(splitAtCommas);
  if (addresses.length === 0) {
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
export function pooledBackends(given: Given, problems: Problem[]): Pools {
  const pools = new Map<string, BackendOptions[]>();
  const problemsBefore = problems.length;
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
  if (values.length === 0) {
    problems.push({ path: "--upstream", message: "no backend; give one, such as --upstream localhost:8080" });
  }
  if (problems.length === problemsBefore) problems.push(...unserved(pools, values));
  return pools;
}

/** The pool that the listener serves, where there is no problem. */
export function servedPool(pools: Pools): string {
  const [first = DEFAULT_POOL] = pools.keys();
  return pools.has(DEFAULT_POOL) ? DEFAULT_POOL : first;
}

/** Without routes there is one listener and no choice: every pool but one would stand idle. */
function unserved(pools: Pools, values: readonly Written[]): readonly Problem[] {
  if (pools.size <= 1) return [];
  const path = values[0]?.path ?? "--upstream";
  const names = [...pools.keys()].map(quote).join(", ");
  return [
    {
      path,
      message: `got backends for the pools ${names}, expected one pool, as routes are not available yet; write one POOL/ or none`,
    },
  ];
}

function splitAtCommas({ path, text }: Written): readonly Written[] {
  return text.split(",").map((each) => ({ path, text: each.trim() }));
}
