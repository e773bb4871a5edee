// Out of rotation because dials failed. The worker whose dial crosses the threshold changes the state, and it alone
// reports it.

import { isWanted } from "./panic.ts";
import { ejectionOf, FRESH, healthOf, withEjection } from "./state.ts";
import type { BackendTable } from "./table.ts";

/** When a backend is ejected, and for how long. */
export interface EjectionRule {
  /** Failed dials in a row that eject … */
  readonly failures: number;
  /** … when they come within this, counted from the first of them. Milliseconds, here and below. */
  readonly withinMs: number;
  /** The first ejection; each that follows is twice as long … */
  readonly firstMs: number;
  /** … up to this. */
  readonly longestMs: number;
}

/** Whether new sessions may go there, the limit aside. */
export function isUsable(table: BackendTable, row: number, nowMs: number): boolean {
  if (!isServing(table, row)) return false;
  const ejection = ejectionOf(table.state[row] ?? FRESH);
  return ejection === "in" || (ejection === "ejected" && nowMs >= (table.ejectedUntilMs[row] ?? 0));
}

/** Whether nothing but an ejection keeps new sessions away: better than nobody. */
export function isEjectedOnly(table: BackendTable, row: number): boolean {
  return isServing(table, row) && ejectionOf(table.state[row] ?? FRESH) !== "in";
}

/**
 * Takes the one place for a trial dial of a backend whose ejection is over.
 * @returns false when there is none: another session has it, or it is not the time for one.
 */
export function claimTrial(table: BackendTable, row: number, nowMs: number): boolean {
  return table.changeState(row, (word) => {
    const isDue = ejectionOf(word) === "ejected" && nowMs >= (table.ejectedUntilMs[row] ?? 0);
    return isDue ? withEjection(word, "trial") : undefined;
  });
}

/** The session gave up before the trial was decided: the place is free again. */
export function giveTrialBack(table: BackendTable, row: number): void {
  table.changeState(row, (word) => (ejectionOf(word) === "trial" ? withEjection(word, "ejected") : undefined));
}

/**
 * A dial or a probe has succeeded.
 * @returns whether that ended an ejection.
 */
export function endEjection(table: BackendTable, row: number, nowMs: number): boolean {
  if (table.failures[row] !== 0) table.failures[row] = 0;
  table.forgive(row, table.suspects[row] ?? 0);
  if (ejectionOf(table.state[row] ?? FRESH) === "in") return false;
  table.returnedAtMs[row] = nowMs;
  table.startedAtMs[row] = nowMs;
  return table.changeState(row, (word) => withEjection(word, "in"));
}

/**
 * A dial has failed, and the backend is to blame.
 * @param poolRows every row of its pool: the last usable one is never ejected.
 * @returns whether that ejected it.
 */
export function recordFailure(
  table: BackendTable,
  row: number,
  rule: EjectionRule,
  poolRows: readonly number[],
  nowMs: number,
): boolean {
  table.forgive(row, 0);
  switch (ejectionOf(table.state[row] ?? FRESH)) {
    case "ejected":
      // Dialled before it went out, or because there was nobody else. It has its time already.
      return false;
    case "trial":
      return eject(table, row, nextEjectionMs(table, row, rule), nowMs, () => true);
    case "in": {
      if (countFailure(table, row, rule, nowMs) < rule.failures) return false;
      const lastedMs = nowMs - (table.returnedAtMs[row] ?? 0);
      const lasted = lastedMs > (table.ejectedForMs[row] ?? 0);
      const forMs = lasted ? rule.firstMs : nextEjectionMs(table, row, rule);
      return eject(table, row, forMs, nowMs, () => poolRows.some((other) => other !== row && isProven(table, other)));
    }
  }
}

/** Whether an operator and the probes let new sessions go there. */
export function isServing(table: BackendTable, row: number): boolean {
  return isWanted(table, row) && healthOf(table.state[row] ?? FRESH) !== "down";
}

/** Usable, and not for one trial only. */
function isProven(table: BackendTable, row: number): boolean {
  return isServing(table, row) && ejectionOf(table.state[row] ?? FRESH) === "in";
}

function countFailure(table: BackendTable, row: number, rule: EjectionRule, nowMs: number): number {
  if (table.failures[row] === 0 || nowMs - (table.failuresSinceMs[row] ?? 0) > rule.withinMs) {
    table.failuresSinceMs[row] = nowMs;
    table.failures[row] = 0;
  }
  return Atomics.add(table.failures, row, 1) + 1;
}

function nextEjectionMs(table: BackendTable, row: number, rule: EjectionRule): number {
  return Math.min(Math.max(2 * (table.ejectedForMs[row] ?? 0), rule.firstMs), rule.longestMs);
}

function eject(table: BackendTable, row: number, forMs: number, nowMs: number, canSpare: () => boolean): boolean {
  // Before the state: who sees "ejected" must find until when.
  table.ejectedUntilMs[row] = nowMs + forMs;
  const changed = table.changeState(row, (word) =>
    ejectionOf(word) !== "ejected" && canSpare() ? withEjection(word, "ejected") : undefined,
  );
  if (!changed) return false;
  // Two workers may have ejected two backends at the same moment, each counting on the other's.
  if (!canSpare()) {
    table.changeState(row, (word) => withEjection(word, "in"));
    return false;
  }
  table.ejectedForMs[row] = forMs;
  return true;
}
