// The queue of a pool as a data plane sees it: its own sessions that wait, in the line of all.

import { Waiters } from "./waiters.ts";

/** As plain data. The memory is the same for all workers, and in every snapshot while the queue is the same. */
export interface QueueSnapshot {
  readonly memory: SharedArrayBuffer;
  /** How many may wait. */
  readonly limit: number;
  readonly timeoutMs: number;
}

/** How many free places there are for one that has tried these rows. More than `most` need not be told apart. */
export type FreePlaces = (tried: readonly number[], most: number) => number;

/** One that waits. */
export interface Waiter {
  /** Rows it has no use for. */
  readonly tried: readonly number[];
  /** Its turn has come. @returns whether it has taken a place, or wants none any more: then it has left the queue. */
  takePlace(): boolean;
  /** The queue is no more: it leaves, and looks for itself what to do. */
  onDissolved(): void;
}

export class PoolQueue {
  readonly memory: SharedArrayBuffer;
  limit: number;
  timeoutMs: number;
  readonly #waiters: Waiters;
  readonly #ring: (worker: number) => void;
  /** By slot: those of this worker. */
  readonly #own = new Map<number, Waiter>();
  readonly #stuck = new Set<number>();

  /** @param ring has a worker, this one included, call `serve`; not within the call. */
  constructor({ memory, limit, timeoutMs }: QueueSnapshot, worker: number, ring: (worker: number) => void) {
    this.memory = memory;
    this.limit = limit;
    this.timeoutMs = timeoutMs;
    this.#waiters = new Waiters(memory, worker);
    this.#ring = ring;
  }

  /** How many wait, over all workers. */
  get length(): number {
    return this.#waiters.length;
  }

  /** @returns its slot, or -1 where the queue is full. */
  enter(waiter: Waiter): number {
    const slot = this.#waiters.enter(this.limit);
    if (slot >= 0) this.#own.set(slot, waiter);
    return slot;
  }

  leave(slot: number): void {
    this.#own.delete(slot);
    const how = this.#waiters.leave(slot);
    if (how === "stuck") this.#stuck.add(slot);
    else if (how === "woken") this.wakeNext();
  }

  /** A place has become free. */
  wakeNext(): void {
    this.#wake(-1);
  }

  /** Wakes somebody if there is a place that nobody who is awake will take. */
  fill(free: FreePlaces): void {
    const { awake, length } = this.#waiters;
    if (awake < length && free(NO_ROWS, awake + 1) > awake) this.#wake(-1);
  }

  /** Lets those try that have been woken, in their order. */
  serve(free: FreePlaces): void {
    for (const slot of this.#waiters.takeWoken()) this.#try(slot, free);
  }

  /** For now and then: finds a place that came by itself, so that nobody was told of it. */
  lookAfter(free: FreePlaces): void {
    this.#leaveAtLast();
    this.serve(free);
    if (this.#waiters.isFirstOwn) this.fill(free);
  }

  /** Sends everybody here away: another queue, or none, is in force. */
  dissolve(): void {
    for (const waiter of this.#own.values()) waiter.onDissolved();
  }

  #try(slot: number, free: FreePlaces): void {
    const waiter = this.#own.get(slot);
    if (waiter === undefined) {
      this.leave(slot);
      return;
    }
    if (!waiter.takePlace()) {
      this.#waiters.again(slot);
      const { awake } = this.#waiters;
      // None for it, but for somebody behind it.
      if (free(waiter.tried, 1) === 0 && free(NO_ROWS, awake + 1) > awake) {
        this.#wake(slot);
        return;
      }
    }
    this.fill(free);
  }

  #wake(after: number): void {
    const worker = this.#waiters.wake(after);
    if (worker >= 0) this.#ring(worker);
  }

  #leaveAtLast(): void {
    // A copy: who is stuck again is tried the next time.
    for (const slot of Array.from(this.#stuck)) {
      this.#stuck.delete(slot);
      this.leave(slot);
    }
  }
}

const NO_ROWS: readonly number[] = [];
