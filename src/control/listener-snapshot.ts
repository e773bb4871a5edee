import type { ListenerConfig } from "../config/config.ts";
import type { ListenerSnapshot } from "../session/context.ts";
import type { ListenerLanes } from "./lanes.ts";

/** What only the control plane knows of a listener. */
export interface ListenerPlaces extends ListenerLanes {
  readonly slot: number;
  readonly revision: number;
}

/** A listener as the data planes are given it. */
export function listenerSnapshot(config: ListenerConfig, places: ListenerPlaces): ListenerSnapshot {
  const { name, pool, dial, idleTimeoutMs, halfCloseTimeoutMs, maxLifetimeMs, backlog } = config;
  const { slot, revision, lanes, lane } = places;
  return {
    name,
    pool: pool ?? "",
    dial,
    idleTimeoutMs,
    halfCloseTimeoutMs,
    maxLifetimeMs,
    backlog,
    keepaliveMs: config.tcpKeepaliveMs,
    userTimeoutMs: config.tcpUserTimeoutMs,
    slot,
    revision,
    lanes,
    lane,
  };
}

/** Every pool that sessions of a listener can go to. */
export function poolsOf({ pool }: ListenerConfig): readonly string[] {
  return pool === undefined ? [] : [pool];
}
