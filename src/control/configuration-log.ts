import type { Config } from "../config/config.ts";
import type { Log } from "../observe/log.ts";
import { formatAddress } from "../wire/address.ts";
import type { Capacity } from "./capacity.ts";

/** What will be balanced, and how many sessions there may be. */
export function logConfiguration(log: Log, { pools }: Config, capacity: Capacity): void {
  for (const { name: pool, policy, backends } of pools) {
    for (const { name, address } of backends) {
      const fields = { pool, backend: `${pool}/${name}`, address: formatAddress(address) };
      log.info("configured", fields, `Configured backend ${fields.backend} at ${fields.address}`);
    }
    const policyName = typeof policy === "string" ? policy : "function";
    log.debug("configured", { pool, policy: policyName }, `Configured pool ${pool}`);
  }
  logCapacity(log, capacity);
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
