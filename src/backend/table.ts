// The backends of a process in shared memory: a typed array for each field, a row for each address. The control plane
// and every data plane see the same rows.

import { BackendShare } from "./share.ts";
import { FRESH } from "./state.ts";

/** Rows at most. Untouched pages cost address space only. */
export const TABLE_ROWS = 16_384;
/** `limit` of a row without one. */
export const NO_LIMIT: number = 2 ** 31 - 1;
/** Dials unanswered for this long make a backend suspect. */
export const SUSPECT_AFTER_MS = 1_000;
/** So many suspect dials, no success since, and a backend gets no new ones while another can serve. */
export const SUSPECT_DIALS = 3;

const INT_FIELDS = 8;
const FLOAT_FIELDS = 5;

/** Whoever is given its memory sees the same table: the main thread and every worker. */
export class BackendTable {
  readonly memory: SharedArrayBuffer;
  /** Counts the uses of a row: a session that remembers an older one speaks of a backend that is gone. */
  readonly generation: Int32Array;
  /** See state.ts. Changed by `changeState` only. */
  readonly state: Int32Array;
  /** 0 to 256. */
  readonly weight: Int32Array;
  /** Sessions at once. */
  readonly limit: Int32Array;
  /** Sessions now, counted from the pick. */
  readonly active: Int32Array;
  /** Dials under way that have been unanswered for SUSPECT_AFTER_MS. */
  readonly suspects: Int32Array;
  /** How many of them there were when another dial, or a probe, was answered; 0 since one has failed. */
  readonly forgiven: Int32Array;
  /** Failed dials since `failuresSinceMs`. */
  readonly failures: Int32Array;
  /** Monotonic milliseconds, here and below. */
  readonly failuresSinceMs: Float64Array;
  readonly ejectedUntilMs: Float64Array;
  readonly ejectedForMs: Float64Array;
  readonly returnedAtMs: Float64Array;
  /** Since when it serves, or serves again: slow-start.ts. -Infinity where it has done so from the beginning. */
  readonly startedAtMs: Float64Array;
  /** Changes whenever who can serve may have changed, so that data planes know when to look again. */
  readonly #epoch: Int32Array;
  readonly #share: BackendShare;

  /** @param share where this thread notes what it adds to the counts. */
  constructor(
    memory: SharedArrayBuffer = new SharedArrayBuffer(tableBytes()),
    share: BackendShare = new BackendShare(TABLE_ROWS),
  ) {
    this.memory = memory;
    this.#share = share;
    let offset = 0;
    const floats = (): Float64Array => {
      const field = new Float64Array(memory, offset, TABLE_ROWS);
      offset += field.byteLength;
      return field;
    };
    const ints = (rows: number = TABLE_ROWS): Int32Array => {
      const field = new Int32Array(memory, offset, rows);
      offset += field.byteLength;
      return field;
    };
    this.failuresSinceMs = floats();
    this.ejectedUntilMs = floats();
    this.ejectedForMs = floats();
    this.returnedAtMs = floats();
    this.startedAtMs = floats();
    this.generation = ints();
    this.state = ints();
    this.weight = ints();
    this.limit = ints();
    this.active = ints();
    this.suspects = ints();
    this.forgiven = ints();
    this.failures = ints();
    this.#epoch = ints(1);
  }

  get epoch(): number {
    return Atomics.load(this.#epoch, 0);
  }

  /** Says that who can serve may have changed. */
  announce(): void {
    Atomics.add(this.#epoch, 0, 1);
  }

  /**
   * Begins a new use of a free row. The state goes last: it publishes the rest.
   * @param startedAtMs see the field.
   */
  open(row: number, weight: number, limit: number, startedAtMs: number = Number.NEGATIVE_INFINITY): number {
    this.weight[row] = weight;
    this.limit[row] = limit;
    this.suspects[row] = 0;
    this.forgiven[row] = 0;
    this.failures[row] = 0;
    this.failuresSinceMs[row] = 0;
    this.ejectedUntilMs[row] = 0;
    this.ejectedForMs[row] = 0;
    this.returnedAtMs[row] = Number.NEGATIVE_INFINITY;
    this.startedAtMs[row] = startedAtMs;
    const generation = Atomics.add(this.generation, row, 1) + 1;
    Atomics.store(this.state, row, FRESH);
    this.announce();
    return generation;
  }

  /** Whether it looks like a black hole: too many dials are unanswered, more than at the last success. */
  isSuspect(row: number): boolean {
    const suspects = this.suspects[row] ?? 0;
    return suspects >= SUSPECT_DIALS && suspects > (this.forgiven[row] ?? 0);
  }

  /** Says how many unanswered dials are not held against it. */
  forgive(row: number, dials: number): void {
    if (this.forgiven[row] === dials) return;
    this.forgiven[row] = dials;
    this.announce();
  }

  /** Counts one session more, unless the row is full: admission is exact over all workers. */
  admit(row: number): boolean {
    const limit = this.limit[row] ?? 0;
    const share = this.#share.active;
    const mine = (share[row] ?? 0) + 1;
    if (limit === NO_LIMIT) {
      Atomics.add(this.active, row, 1);
      share[row] = mine;
      return true;
    }
    for (;;) {
      const active = Atomics.load(this.active, row);
      if (active >= limit) return false;
      if (Atomics.compareExchange(this.active, row, active, active + 1) !== active) continue;
      share[row] = mine;
      return true;
    }
  }

  release(row: number): void {
    const share = this.#share.active;
    const mine = (share[row] ?? 0) - 1;
    Atomics.sub(this.active, row, 1);
    share[row] = mine;
  }

  /** Counts a dial that has been unanswered for long, or that is so no more. */
  addSuspect(row: number, change: 1 | -1): void {
    const share = this.#share.suspects;
    const mine = (share[row] ?? 0) + change;
    Atomics.add(this.suspects, row, change);
    share[row] = mine;
    this.announce();
  }

  /** Takes out of the counts what a thread that has gone had added, and empties its share for a successor. */
  takeBack(share: BackendShare): void {
    for (let row = 0; row < TABLE_ROWS; row++) {
      const active = share.active[row] ?? 0;
      const suspects = share.suspects[row] ?? 0;
      if (active !== 0) Atomics.sub(this.active, row, active);
      if (suspects !== 0) Atomics.sub(this.suspects, row, suspects);
    }
    share.clear();
    this.announce();
  }

  setWeight(row: number, weight: number): void {
    Atomics.store(this.weight, row, weight);
    this.announce();
  }

  /** Sessions beyond it go on. */
  setLimit(row: number, limit: number): void {
    Atomics.store(this.limit, row, limit);
    this.announce();
  }

  /**
   * Changes the state word by compare-exchange.
   * @param next the new word, or undefined to leave it. Called again when another thread was faster.
   * @returns whether this call changed it.
   */
  changeState(row: number, next: (word: number) => number | undefined): boolean {
    for (;;) {
      const word = Atomics.load(this.state, row);
      const wanted = next(word);
      if (wanted === undefined || wanted === word) return false;
      if (Atomics.compareExchange(this.state, row, word, wanted) === word) {
        this.announce();
        return true;
      }
    }
  }
}

function tableBytes(): number {
  const { BYTES_PER_ELEMENT: intBytes } = Int32Array;
  const { BYTES_PER_ELEMENT: floatBytes } = Float64Array;
  return TABLE_ROWS * (INT_FIELDS * intBytes + FLOAT_FIELDS * floatBytes) + intBytes;
}
