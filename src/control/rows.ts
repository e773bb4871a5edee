// Which rows of the shared table are in use. A row is used again only when its last session has ended and every data
// plane runs on a snapshot without it: until then somebody may still pick it, or count on it.

import { withAdministrative } from "../backend/state.ts";
import { type BackendTable, TABLE_ROWS } from "../backend/table.ts";
import { LbError } from "../errors.ts";

interface RetiredRow {
  /** The first snapshot without it. */
  readonly version: number;
  readonly onFree: () => void;
}

/** Gives out the rows of one table. */
export class Rows {
  readonly #table: BackendTable;
  readonly #acknowledgedVersion: () => number;
  readonly #free: number[] = [];
  readonly #retired = new Map<number, RetiredRow>();
  #fresh = 0;

  /** @param acknowledgedVersion the newest snapshot that every data plane runs on. */
  constructor(table: BackendTable, acknowledgedVersion: () => number) {
    this.#table = table;
    this.#acknowledgedVersion = acknowledgedVersion;
  }

  /** @throws LbError `LB_TOO_MANY_BACKENDS` */
  take(): number {
    this.reclaim();
    const row = this.#free.pop();
    if (row !== undefined) return row;
    if (this.#fresh < TABLE_ROWS) {
      this.#fresh++;
      return this.#fresh - 1;
    }
    throw new LbError(
      "LB_TOO_MANY_BACKENDS",
      `all ${TABLE_ROWS} places for backend addresses are in use: remove backends, or wait for the sessions of removed ones`,
    );
  }

  /**
   * Takes a row out of use. Its sessions go on.
   * @param version the first snapshot without it.
   * @param onFree called when its last session has ended and nobody can pick it.
   */
  retire(row: number, version: number, onFree: () => void): void {
    this.#table.changeState(row, (word) => withAdministrative(word, "removed"));
    this.#retired.set(row, { version, onFree });
  }

  /** Takes a retired row into use again, with the sessions that it has. Its state is the caller's to set. */
  restore(row: number): void {
    this.#retired.delete(row);
  }

  /** Frees what nobody can see any more. */
  reclaim(): void {
    const acknowledged = this.#acknowledgedVersion();
    for (const [row, { version, onFree }] of this.#retired) {
      if (version > acknowledged || Atomics.load(this.#table.active, row) > 0) continue;
      this.#retired.delete(row);
      this.#free.push(row);
      onFree();
    }
  }
}
