// So few addresses of a pool are well that health is not believed: either the probes are wrong, or all that is left would
// drown in everybody's sessions. As Envoy's panic threshold, but for those that an operator has taken out.

import { administrativeOf, ejectionOf, FRESH, healthOf } from "./state.ts";
import type { BackendTable } from "./table.ts";

/** How many addresses may serve as far as an operator is concerned, and how many of them are well. */
export interface Wellness {
  readonly ready: number;
  /** Neither down nor ejected. */
  readonly healthy: number;
}

/** Backups included; those that are drained, in maintenance, or of weight 0 are not. */
export function wellnessOf(table: BackendTable, rows: Iterable<number>): Wellness {
  let ready = 0;
  let healthy = 0;
  for (const row of rows) {
    if (!isWanted(table, row)) continue;
    ready++;
    const word = table.state[row] ?? FRESH;
    if (healthOf(word) !== "down" && ejectionOf(word) === "in") healthy++;
  }
  return { ready, healthy };
}

/** @param below the share of healthy ones, 0 to 1; undefined: never. */
export function isPanic({ ready, healthy }: Wellness, below: number | undefined): boolean {
  // A quotient rather than a product: 3 of 30 are exactly 10 %.
  return below !== undefined && ready > 0 && healthy / ready < below;
}

/** Whether an operator lets new sessions go there. */
export function isWanted(table: BackendTable, row: number): boolean {
  return administrativeOf(table.state[row] ?? FRESH) === "ready" && (table.weight[row] ?? 0) > 0;
}
