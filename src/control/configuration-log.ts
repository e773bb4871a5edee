import type { Config } from "../config/config.ts";
import type { Log } from "../observe/log.ts";
import { formatAddress } from "../wire/address.ts";
import type { Capacity } from "./capacity.ts";
import type { Placement } from "./placement.ts";

/** What will be logged. */
export interface Configuration {
  readonly config: Config;
  readonly capacity: Capacity;
  readonly placement: Placement;
}

/** What will be balanced, how many sessions there may be, and where they are carried if that is not plain. */
export function logConfiguration(log: Log, { config, capacity, placement }: Configuration): void {
  for (const { name: pool, policy, backends } of config.pools) {
    for (const { name, address } of backends) {
      const fields = { pool, backend: `${pool}/${name}`, address: formatAddress(address) };
      log.info("configured", fields, `Configured backend ${fields.backend} at ${fields.address}`);
    }
    const policyName = typeof policy === "string" ? policy : "function";
    log.debug("configured", { pool, policy: policyName }, `Configured pool ${pool}`);
  }
  logCapacity(log, capacity);
  logPlacement(log, config, placement);
}

function logPlacement(log: Log, { listeners }: Config, { transport, workers, remarks }: Placement): void {
  for (const { level, message } of remarks) log[level]("transport", { transport, workers }, message);
  if (transport === "linux") return;
  for (const { name: listener, tcpUserTimeoutMs } of listeners) {
    if (!Number.isFinite(tcpUserTimeoutMs)) continue;
    const message = "tcp-user-timeout does nothing here: the net transport can't set it, only linux can";
    log.warn("transport", { transport, listener, tcpUserTimeoutMs }, message);
  }
}

function logCapacity(log: Log, { sessions, descriptors, affordableSessions }: Capacity): void {
  const fields = { maxConnections: textOf(sessions), descriptors: textOf(descriptors) };
  log.info("capacity", fields, `At most ${fields.maxConnections} sessions at once`);
  if (sessions <= affordableSessions) return;
  const message = `The descriptor limit allows only ${affordableSessions} sessions; raise it (ulimit -n)`;
  log.warn("capacity", fields, message);
}

function textOf(limit: number): number | "unlimited" {
  return Number.isFinite(limit) ? limit : "unlimited";
}
