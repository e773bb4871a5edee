// The admin address: health, metrics, runtime control, dashboard.

import type { AdminOptions } from "../config/admin-options.ts";
import type { Balancer } from "../control/balancer.ts";
import type { ReloadReport } from "../control/reload-report.ts";

/** What only the program can do, and not the balancer alone; what is left out is answered 501. */
export interface AdminActions {
  /** Reads the configuration anew. @throws LbError `LB_CONFIG` with all problems. */
  reload?(): Promise<ReloadReport>;
  /** Stops accepting, waits for the sessions, and ends the program: as SIGUSR1. */
  drain?(): void;
  /** As SIGTERM. */
  shutdown?(): void;
  /** The configuration in force, as a file has it. */
  configuration?(): unknown;
}

/** Listens beside a balancer and outlives its close, so that who asks is told about it. */
export interface Admin {
  /** `ip:port` or `unix:/path`, with the port that 0 became; empty before `start`. */
  readonly addresses: readonly string[];
  /** @throws LbError `LB_ADDRESS_IN_USE`, `LB_PRIVILEGE`, `LB_ADDRESS_UNKNOWN`, `LB_LISTEN`, `LB_ADMIN_TOKEN` */
  start(): Promise<void>;
  /** Frees the addresses and ends what is open there. Idempotent. */
  close(): Promise<void>;
}

/** @throws LbError `LB_CONFIG` */
export type CreateAdmin = (balancer: Balancer, options: AdminOptions, actions?: AdminActions) => Admin;
