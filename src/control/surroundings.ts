// What every pool and backend of the control plane shares.

import type { BackendTable } from "../backend/table.ts";
import type { Clock } from "../clock.ts";
import type { Names } from "../discovery/names.ts";
import type { AuditEvent, BackendEvent } from "../observe/events.ts";
import type { Log } from "../observe/log.ts";
import type { Prober } from "../probe/prober.ts";
import type { RowCounts } from "../session/counters.ts";
import type { EndReason } from "../session/end.ts";
import type { ClientTables } from "./client-tables.ts";
import type { DepartedBackends } from "./departed.ts";
import type { Rows } from "./rows.ts";

/** One for all pools of a balancer. */
export interface Surroundings {
  readonly clock: Clock;
  readonly table: BackendTable;
  readonly rows: Rows;
  readonly clientTables: ClientTables;
  readonly prober: Prober;
  readonly names: Names;
  readonly log: Log;
  readonly departed: DepartedBackends;
  /** What all workers have counted for a row. */
  countsOf(row: number): RowCounts;
  /** The version that the next snapshot will have. */
  nextVersion(): number;
  /** Members or weights have changed: the data planes need a new snapshot. */
  publish(): void;
  announce(event: Omit<BackendEvent, "at">): void;
  /** Resets the sessions of those rows; whoever is not connected there yet goes to another backend where there is one. */
  readonly evict: (end: EndReason, rows: readonly number[]) => void;
  /** Somebody has changed something. */
  audit(event: Omit<AuditEvent, "at">): void;
}
