// One search's wait for a place, while every backend of its pool is full.

import type { Pool } from "../backend/pool.ts";
import type { PoolQueue, Waiter } from "../backend/queue.ts";

/** Whether whoever comes now has to wait although there may be a place: others wait already. */
export function isBehindOthers(pool: Pool, nowMs: number): boolean {
  return pool.queue !== undefined && pool.queue.length > 0 && pool.mayServe(NO_ROWS, nowMs);
}

/** The queue in which it makes sense to wait: somebody may have a place for one who has tried these rows. */
export function queueFor(pool: Pool, tried: readonly number[], nowMs: number): PoolQueue | undefined {
  return pool.queue !== undefined && pool.mayServe(tried, nowMs) ? pool.queue : undefined;
}

export class Queueing {
  readonly #queue: PoolQueue;
  readonly #slot: number;
  readonly #enteredAtMs: number;
  /** Up to when the wait has been accounted for. */
  #countedAtMs: number;

  constructor(queue: PoolQueue, slot: number, nowMs: number) {
    this.#queue = queue;
    this.#slot = slot;
    this.#enteredAtMs = nowMs;
    this.#countedAtMs = nowMs;
  }

  /** @returns undefined where the queue is full. */
  static enter(queue: PoolQueue, waiter: Waiter, nowMs: number): Queueing | undefined {
    const slot = queue.enter(waiter);
    return slot < 0 ? undefined : new Queueing(queue, slot, nowMs);
  }

  /** When it has waited long enough. */
  get dueMs(): number {
    return this.#enteredAtMs + this.#queue.timeoutMs;
  }

  /** How long it has waited since it was asked last. */
  takeWaitedMs(nowMs: number): number {
    const waitedMs = nowMs - this.#countedAtMs;
    this.#countedAtMs = nowMs;
    return waitedMs;
  }

  /** @returns how long it has waited. */
  leave(nowMs: number): number {
    this.#queue.leave(this.#slot);
    return nowMs - this.#enteredAtMs;
  }
}

const NO_ROWS: readonly number[] = [];
