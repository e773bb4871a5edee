// Who serves first, who only when those can't, and who when there is nobody else.

import { isEjectedOnly, isUsable } from "./ejection.ts";
import { isPanic, isWanted, wellnessOf } from "./panic.ts";
import { ejectionOf, FRESH } from "./state.ts";
import type { BackendTable } from "./table.ts";

/** The rows of a pool by rank, each tier in the order in which they were given; none is empty. */
export interface Tiers {
  /** Primaries; backups; then those with too many unanswered dials: they may yet answer, and a reset is certain. */
  readonly usable: readonly Int32Array[];
  /** Ejected ones, for when all of those fail: no client is turned away while somebody might take it. */
  readonly lastResort: readonly Int32Array[];
  /** When an ejection ends, which changes the tiers without anybody saying so. Infinity where there is none. */
  readonly freshUntilMs: number;
  /** Health and ejection are ignored: see panic.ts. */
  readonly isPanic: boolean;
  /** In a panic, those that are well: whoever was refused by one that is not goes there first. */
  readonly well: readonly Int32Array[];
}

export interface RankedRow {
  readonly row: number;
  readonly backup: boolean;
}

/**
 * Ranks rows as they are now. Limits are not looked at: they change with each session.
 * @param panicBelow the share of healthy rows below which it is a panic; undefined: never.
 */
export function rank(rows: readonly RankedRow[], table: BackendTable, nowMs: number, panicBelow?: number): Tiers {
  if (panicBelow !== undefined && isPanic(wellnessOf(table, rowNumbers(rows)), panicBelow))
    return panicked(rows, table, nowMs);
  const primaries: number[] = [];
  const backups: number[] = [];
  const suspects: number[] = [];
  const ejected: number[] = [];
  let freshUntilMs = Number.POSITIVE_INFINITY;
  for (const { row, backup } of rows) {
    if (isUsable(table, row, nowMs)) {
      if (table.isSuspect(row)) suspects.push(row);
      else (backup ? backups : primaries).push(row);
    } else if (isEjectedOnly(table, row)) {
      ejected.push(row);
      // The end of a trial is announced, the end of an ejection comes by itself.
      const isWaiting = ejectionOf(table.state[row] ?? FRESH) === "ejected";
      if (isWaiting) freshUntilMs = Math.min(freshUntilMs, table.ejectedUntilMs[row] ?? 0);
    }
  }
  return {
    usable: tiersOf([primaries, backups, suspects]),
    lastResort: tiersOf([ejected]),
    freshUntilMs,
    isPanic: false,
    well: [],
  };
}

/** Everybody, but for those where dials hang right now: a client would pay for that with seconds. */
function panicked(rows: readonly RankedRow[], table: BackendTable, nowMs: number): Tiers {
  const wanted = rowNumbers(rows).filter((row) => isWanted(table, row));
  const suspects = wanted.filter((row) => table.isSuspect(row));
  const others = wanted.filter((row) => !table.isSuspect(row));
  return {
    usable: tiersOf([others, suspects]),
    lastResort: [],
    freshUntilMs: Number.POSITIVE_INFINITY,
    isPanic: true,
    well: tiersOf([others.filter((row) => isUsable(table, row, nowMs))]),
  };
}

function rowNumbers(rows: readonly RankedRow[]): readonly number[] {
  return rows.map(({ row }) => row);
}

function tiersOf(ranks: readonly (readonly number[])[]): readonly Int32Array[] {
  return ranks.filter((rows) => rows.length > 0).map((rows) => Int32Array.from(rows));
}
