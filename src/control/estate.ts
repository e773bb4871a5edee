// What a worker that has died leaves: its sessions are accounted for, and what it had counted is taken back.

import { giveTrialBack } from "../backend/ejection.ts";
import type { BackendTable } from "../backend/table.ts";
import type { Clock } from "../clock.ts";
import type { Admission } from "../session/admission.ts";
import type { ListenerSnapshot } from "../session/context.ts";
import { laneOf, NOTHING_PEEKED } from "../session/outcome.ts";
import type { SessionRecord } from "../session/record.ts";
import type { SessionEntry } from "../session/session-table.ts";
import { sessionId } from "../worker/session-id.ts";
import type { ClientTables } from "./client-tables.ts";
import type { PoolLine } from "./pool-line.ts";
import type { Reports } from "./reports.ts";
import type { RowOwner } from "./rows.ts";
import type { WorkerState } from "./worker-state.ts";

/** Where an estate goes. */
export interface Heirs {
  readonly clock: Clock;
  readonly instance: string;
  readonly table: BackendTable;
  readonly admission: Admission;
  readonly listenerOf: (slot: number) => ListenerSnapshot | undefined;
  readonly clientTables: Pick<ClientTables, "settle" | "leave">;
  /** Of all pools. */
  readonly linesOf: () => readonly Pick<PoolLine, "settle">[];
  readonly reports: Pick<Reports, "wantsRecord" | "recorded">;
  readonly ownerOf: (row: number, generation: number) => RowOwner | undefined;
}

/**
 * Once a worker has gone, with its descriptors. The memory is as a successor wants it.
 * @returns how many sessions it had.
 */
export function settleEstate(worker: number, state: WorkerState, cause: string, heirs: Heirs): number {
  const { clock, instance, table, admission, clientTables, linesOf, listenerOf, reports, ownerOf } = heirs;
  const left = [...state.sessions.entries()];
  for (const { stage, row } of left) if (stage === "trial") giveTrialBack(table, row);
  // First, because the records show what is live beside each of these sessions.
  admission.takeBack(state.admissionShare);
  table.takeBack(state.backendShare);
  clientTables.settle(worker);
  for (const { clientTable, clientPlace } of left) clientTables.leave(clientTable, clientPlace);
  for (const line of linesOf()) line.settle(worker);
  state.sessions.clear();

  const nowMs = clock.nowMs();
  for (const entry of left) {
    const listener = listenerOf(entry.listenerSlot);
    const pool = ownerOf(entry.row, entry.generation)?.pool;
    // Their bytes were counted while they went on; what came in the last second, nobody knows.
    if (listener !== undefined) state.counters.countSession(laneOf(listener, pool), "worker-failed", 0, 0);
    if (entry.stage === "relaying") state.counters.countBackendSession(entry.row, 0, 0);
    if (reports.wantsRecord("worker-failed")) reports.recorded(recordOf(entry, listener?.name ?? ""));
  }
  return left.length;

  function recordOf(entry: SessionEntry, listener: string): SessionRecord {
    const owner = ownerOf(entry.row, entry.generation);
    return {
      ...UNKNOWN,
      id: sessionId(instance, worker, entry.number),
      listener,
      client: entry.client,
      pool: owner?.pool ?? null,
      backend: owner?.identity ?? null,
      backendAddress: owner?.addressText ?? null,
      durationMs: Math.round((nowMs - entry.acceptedAtMs) * 1_000) / 1_000,
      bytesUp: entry.bytesUp,
      bytesDown: entry.bytesDown,
      error: cause,
      active: {
        process: admission.processActive,
        listener: admission.listenerActive(entry.listenerSlot),
        backend: owner === undefined ? null : (table.active[entry.row] ?? 0),
      },
      worker,
    };
  }
}

/** What only the worker knew. */
const UNKNOWN = {
  ...NOTHING_PEEKED,
  local: null,
  attempts: 0,
  failed: [],
  dialMs: null,
  firstByteMs: null,
  end: "worker-failed",
} as const;
