import type { QueueSnapshot } from "../backend/queue.ts";
import { createWaiterMemory, Waiters } from "../backend/waiters.ts";

/** So that most other limits of a reload find room: memory that is not touched costs address space only. */
const LEAST_CAPACITY = 4_096;

/** The line of those who wait for a pool, over all its snapshots. */
export class PoolLine {
  #waiters: Waiters | undefined;

  /** @returns the same memory as before where it is large enough. */
  snapshot(rule: { readonly limit: number; readonly timeoutMs: number } | undefined): QueueSnapshot | undefined {
    if (rule === undefined) {
      this.#waiters = undefined;
      return undefined;
    }
    const { limit, timeoutMs } = rule;
    if (this.#waiters === undefined || this.#waiters.capacity < limit) {
      this.#waiters = new Waiters(createWaiterMemory(Math.max(LEAST_CAPACITY, limit)), undefined);
    }
    return { memory: this.#waiters.memory, limit, timeoutMs };
  }

  /** How many wait. */
  get length(): number {
    return this.#waiters?.length ?? 0;
  }

  /** A worker has gone: its waiters have, too. */
  settle(worker: number): void {
    this.#waiters?.settle(worker);
  }
}
