// A backend that has returned or was added gets its share of new sessions little by little: cold caches and pools of
// connections fill before all of them come.

import type { BackendTable } from "./table.ts";

/** How long it takes, and where it begins. */
export interface SlowStartRule {
  readonly overMs: number;
  /** The part of its weight at the beginning: 0 to 1. */
  readonly from: number;
}

/** What stands for a weight of 1 where weights have fractions. */
export const FRACTION_UNIT = 1_000;
/** Weights grow in so many steps, so that they need not be looked at for each pick. */
const STEPS = 100;

/** The part of its weight that a backend has: 1 unless it has started less than `overMs` ago. */
export function startedShare({ overMs, from }: SlowStartRule, startedAtMs: number, nowMs: number): number {
  const sinceMs = nowMs - startedAtMs;
  return sinceMs < overMs ? from + (1 - from) * (Math.max(0, sinceMs) / overMs) : 1;
}

/** The weights by which a data plane picks. */
export class PickWeights {
  readonly #table: BackendTable;
  /** By row; the table's own while nobody is starting. */
  weight: Int32Array;
  /** What stands for a weight of 1. */
  unit = 1;
  /** When they have to be looked at again; the start of a backend is announced. */
  freshUntilMs: number = Number.POSITIVE_INFINITY;
  #fractions: Int32Array = new Int32Array(0);

  constructor(table: BackendTable) {
    this.#table = table;
    this.weight = table.weight;
  }

  /** @param rule undefined where everybody has his whole weight. */
  refresh(rows: readonly number[], rule: SlowStartRule | undefined, nowMs: number): void {
    const { weight, startedAtMs } = this.#table;
    this.weight = weight;
    this.unit = 1;
    this.freshUntilMs = Number.POSITIVE_INFINITY;
    if (rule === undefined || !rows.some((row) => nowMs - (startedAtMs[row] ?? 0) < rule.overMs)) return;
    this.weight = this.#space(rows);
    this.unit = FRACTION_UNIT;
    this.freshUntilMs = nowMs + rule.overMs / STEPS;
    for (const row of rows) {
      const whole = (weight[row] ?? 0) * FRACTION_UNIT;
      const share = startedShare(rule, startedAtMs[row] ?? 0, nowMs);
      // Never nothing: nobody but an operator takes a backend out.
      this.weight[row] = whole === 0 ? 0 : Math.max(1, Math.round(whole * share));
    }
  }

  #space(rows: readonly number[]): Int32Array {
    const size = rows.reduce((most, row) => Math.max(most, row + 1), 0);
    if (this.#fractions.length < size) this.#fractions = new Int32Array(size);
    return this.#fractions;
  }
}
