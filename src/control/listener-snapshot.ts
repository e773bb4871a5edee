import type { ListenerConfig } from "../config/config.ts";
import type { RouteTarget } from "../route/rule.ts";
import type { ClientTableSnapshot } from "../session/client-table.ts";
import type { ListenerSnapshot } from "../session/context.ts";
import type { ListenerLanes } from "./lanes.ts";

/** What only the control plane knows of a listener. */
export interface ListenerPlaces extends ListenerLanes {
  readonly slot: number;
  readonly revision: number;
  readonly perClient: ClientTableSnapshot | undefined;
}

/** A listener as the data planes are given it. */
export function listenerSnapshot(config: ListenerConfig, places: ListenerPlaces): ListenerSnapshot {
  const { name, pool, dial, idleTimeoutMs, halfCloseTimeoutMs, maxLifetimeMs, backlog } = config;
  const { slot, revision, perClient, lanes, lane } = places;
  return {
    name,
    pool,
    routes: config.routes,
    peek: config.peek,
    httpKeepAlive: config.httpKeepAlive,
    forwarded: config.forwarded,
    acceptProxy: config.acceptProxy,
    dial,
    idleTimeoutMs,
    halfCloseTimeoutMs,
    maxLifetimeMs,
    maxLifetimeJitter: config.maxLifetimeJitter,
    maxConnections: config.maxConnections,
    access: config.access,
    perClient,
    backlog,
    keepaliveMs: config.tcpKeepaliveMs,
    userTimeoutMs: config.tcpUserTimeoutMs,
    slot,
    revision,
    lanes,
    lane,
  };
}

/** Every pool that sessions of a listener can go to. @param all what a route function may name. */
export function poolsOf(listener: ListenerConfig, all: readonly { readonly name: string }[]): ReadonlySet<string> {
  const { pool, routes } = listener;
  if (namesPoolsItself(listener)) return new Set(all.map(({ name }) => name));
  const routed = routes.flatMap((route) => (typeof route === "function" ? [] : targetsOf(route.target)));
  return new Set(pool === undefined ? routed : [pool, ...routed]);
}

/** Whether a function of the user's decides, of which nobody knows what it will say. */
export function namesPoolsItself({ routes }: ListenerConfig): boolean {
  return routes.some((route) => typeof route === "function");
}

function targetsOf(target: RouteTarget): readonly string[] {
  switch (target.kind) {
    case "pool":
      return [target.pool];
    case "split":
      return target.parts.map(({ pool }) => pool);
    case "reject":
      return [];
  }
}
