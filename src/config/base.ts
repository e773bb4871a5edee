// Listeners and pools, before flags are put over them: those of the file, with what --listen, --upstream and --route say,
// or those that these make by themselves.

import type { Problem } from "../errors.ts";
import { quote } from "../wire/quote.ts";
import { DEFAULT_LISTENER, DEFAULT_POOL } from "./defaults.ts";
import type { FileOptions } from "./file/file-schema.ts";
import { type Given, written } from "./given.ts";
import { areHttp, listenAddresses, type Pools, pooledBackends, servedPool, unserved } from "./given-addresses.ts";
import { bytesNeeded, type GivenRoute, givenRoutes } from "./given-routes.ts";
import { listenKey, routeKey, upstreamKey } from "./keys.ts";
import { optionPath } from "./option-path.ts";
import type { ListenerOptions, PoolOptions } from "./options.ts";
import type { PeekWord } from "./peek-options.ts";

export interface Base {
  readonly listeners: Readonly<Record<string, ListenerOptions>>;
  readonly pools: Readonly<Record<string, PoolOptions>>;
  /** By `listeners.web.routes[0]`, where a route comes from if not from a file: a flag or a variable. */
  readonly routePaths: ReadonlyMap<string, string>;
}

/** @param peek What --peek says. */
export function baseOf(
  given: Given,
  file: FileOptions | undefined,
  peek: PeekWord | undefined,
  problems: Problem[],
): Base {
  const routes = givenRoutes(given, problems);
  return file === undefined ? ofFlags(given, routes, peek, problems) : overFile(given, file, routes, problems);
}

function ofFlags(given: Given, routes: readonly GivenRoute[], peek: PeekWord | undefined, problems: Problem[]): Base {
  const before = problems.length;
  const listen = listenAddresses(given, problems);
  const pools = pooledBackends(given, problems);
  const targets = targetsOf(routes);
  if (problems.length === before) problems.push(...unserved(pools, targets, given));
  const served = servedPool(pools, written(routeKey, given).length > 0);
  const implied = peek ?? impliedPeek(routes, areHttp(pools));
  return {
    listeners: {
      [DEFAULT_LISTENER]: {
        listen,
        ...(served === undefined ? {} : { pool: served }),
        ...(implied === undefined ? {} : { peek: implied }),
        ...(routes.length === 0 ? {} : { routes: routes.map(({ route }) => route) }),
      },
    },
    pools: Object.fromEntries([...pools].map(([name, backends]) => [name, { backends }])),
    routePaths: pathsOf(DEFAULT_LISTENER, routes),
  };
}

/** What a flag says goes before what the file says, of the listener or pool that it can only mean. */
function overFile(given: Given, file: FileOptions, routes: readonly GivenRoute[], problems: Problem[]): Base {
  const listen = listenAddresses(given, problems, Object.keys(file.listeners).length === 0);
  const pools = overPools(given, file, problems);
  const said = [...written(listenKey, given), ...written(routeKey, given)][0];
  if (listen.length === 0 && routes.length === 0) return { listeners: file.listeners, pools, routePaths: new Map() };
  const name = meant(Object.keys(file.listeners), DEFAULT_LISTENER);
  if (name === undefined) {
    const names = Object.keys(file.listeners).map(quote).join(", ");
    const message = `the file has the listeners ${names}, and nothing says which is meant; say it in the file, or name one of them ${DEFAULT_LISTENER}`;
    problems.push({ path: said?.path ?? "--listen", message });
    return { listeners: file.listeners, pools, routePaths: new Map() };
  }
  const known: Partial<ListenerOptions> = file.listeners[name] ?? {};
  const implied = known.peek === undefined ? impliedPeek(routes, false) : undefined;
  const listener: ListenerOptions = {
    listen: listen.length > 0 ? listen : (known.listen ?? []),
    ...known,
    ...(listen.length > 0 ? { listen } : {}),
    ...(implied === undefined ? {} : { peek: implied }),
    ...(routes.length === 0 ? {} : { routes: routes.map(({ route }) => route) }),
  };
  return { listeners: { ...file.listeners, [name]: listener }, pools, routePaths: pathsOf(name, routes) };
}

function overPools(given: Given, file: FileOptions, problems: Problem[]): Base["pools"] {
  const names = Object.keys(file.pools);
  const backends: Pools = pooledBackends(given, problems, names.length === 0);
  const pools: Record<string, PoolOptions> = { ...file.pools };
  for (const [pool, of] of backends) {
    const name = pool === DEFAULT_POOL ? meant(names, DEFAULT_POOL) : pool;
    if (name === undefined) {
      const path = written(upstreamKey, given)[0]?.path ?? "--upstream";
      const message = `the file has the pools ${names.map(quote).join(", ")}, and nothing says which is meant; write POOL/ before the address`;
      problems.push({ path, message });
      continue;
    }
    pools[name] = { ...pools[name], backends: of };
  }
  return pools;
}

/** The one that is called so; the only one; a new one where there is none. */
function meant(names: readonly string[], name: string): string | undefined {
  if (names.includes(name) || names.length === 0) return name;
  return names.length === 1 ? names[0] : undefined;
}

function impliedPeek(routes: readonly GivenRoute[], isHttp: boolean): PeekWord | undefined {
  const needed = bytesNeeded(routes.map(({ route }) => route));
  if (needed === "all") return "auto";
  if (isHttp) return "http";
  return needed === undefined ? undefined : "auto";
}

function targetsOf(routes: readonly GivenRoute[]): ReadonlySet<string> {
  return new Set(
    routes.flatMap(({ route: { pool, split = {} } }) => [...(pool === undefined ? [] : [pool]), ...Object.keys(split)]),
  );
}

function pathsOf(listener: string, routes: readonly GivenRoute[]): ReadonlyMap<string, string> {
  return new Map(routes.map(({ path }, index) => [optionPath(["listeners", listener, "routes", index]), path]));
}
