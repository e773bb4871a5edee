// What becomes of a pool and of its live sessions when the health of its backends changes.

import { isUsable } from "../backend/ejection.ts";
import { isPanic, wellnessOf } from "../backend/panic.ts";
import type { PoolConfig } from "../config/config.ts";
import { formatPercentage } from "../config/percentage.ts";
import type { Surroundings } from "./surroundings.ts";

/** What is asked of the pool. */
export interface ConsequencesPool {
  readonly name: string;
  readonly config: Pick<PoolConfig, "panicBelow" | "onDown" | "onUp">;
  /** Of those that take new sessions, as far as their health lets them. @param backup whether of backups, or of the others. */
  rows(backup: boolean): Iterable<number>;
}

/** Of one pool. */
export class Consequences {
  readonly #pool: ConsequencesPool;
  readonly #surroundings: Surroundings;
  #isPanic = false;

  constructor(pool: ConsequencesPool, surroundings: Surroundings) {
    this.#pool = pool;
    this.#surroundings = surroundings;
  }

  /** Whether health and ejection are ignored. */
  get isPanic(): boolean {
    return this.#isPanic;
  }

  /** Who is well may have changed: says so when a panic begins, and when it ends. */
  look(): void {
    const { name, config } = this.#pool;
    const { table, log } = this.#surroundings;
    const { panicBelow } = config;
    if (panicBelow === undefined && !this.#isPanic) return;
    const wellness = wellnessOf(table, [...this.#pool.rows(false), ...this.#pool.rows(true)]);
    const { ready, healthy } = wellness;
    if (isPanic(wellness, panicBelow) === this.#isPanic) return;
    this.#isPanic = !this.#isPanic;
    const fields = { pool: name, healthy, ready, panicBelow };
    if (panicBelow !== undefined && this.#isPanic) {
      const threshold = `${healthy} of ${ready} addresses are healthy, fewer than ${formatPercentage(panicBelow)}`;
      log.warn("panic", fields, `Pool ${name} ignores health and ejection: ${threshold}`);
      return;
    }
    log.info("panic-over", fields, `Pool ${name} goes by health again: ${healthy} of ${ready} addresses are healthy`);
    this.returned();
  }

  /**
   * A probe has found an address down, be it not the first. In a panic nobody's word about health is believed: then its
   * sessions go on.
   */
  down(row: number): void {
    if (this.#pool.config.onDown === "close" && !this.#isPanic) this.#evict("backend-down", [row]);
  }

  /** A backend that is no backup serves again. */
  returned(): void {
    if (this.#pool.config.onUp === "keep" || this.#isPanic) return;
    const { table, clock } = this.#surroundings;
    const nowMs = clock.nowMs();
    for (const row of this.#pool.rows(false)) {
      if (!isUsable(table, row, nowMs)) continue;
      this.#evict("rebalanced", [...this.#pool.rows(true)]);
      return;
    }
  }

  #evict(end: "backend-down" | "rebalanced", rows: readonly number[]): void {
    const { table, evict } = this.#surroundings;
    const busy = rows.filter((row) => Atomics.load(table.active, row) > 0);
    if (busy.length > 0) evict(end, busy);
  }
}
