// Which rows of the shared table are in use. A row is used again only when its last session has ended and every data
// plane runs on a snapshot without it: until then somebody may still pick it, or count on it.

import { withAdministrative } from "../backend/state.ts";
import { type BackendTable, TABLE_ROWS } from "../backend/table.ts";
import { LbError } from "../errors.ts";

/** Whose row it is. */
export interface RowOwner {
  readonly pool: string;
  /** `pool/name`. */
  readonly identity: string;
  readonly addressText: string;
}

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
  readonly #owners = new Map<number, RowOwner>();
  #fresh = 0;

  /** @param acknowledgedVersion the newest snapshot that every data plane runs on. */
  constructor(table: BackendTable, acknowledgedVersion: () => number) {
    this.#table = table;
    this.#acknowledgedVersion = acknowledgedVersion;
  }

  /** How many there are to take. */
  get spare(): number {
    this.reclaim();
    return this.#free.length + TABLE_ROWS - this.#fresh;
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

  /** Says whose row it is, until it is free. */
  assign(row: number, owner: RowOwner): void {
    this.#owners.set(row, owner);
  }

  /** Also of a row that is retired and has sessions left. Undefined for another use of the row. */
  ownerOf(row: number, generation: number): RowOwner | undefined {
    return this.#table.generation[row] === generation ? this.#owners.get(row) : undefined;
  }

  /** The rows of a backend, those that are retired and have sessions left included. @param identity `pool/name`. */
  rowsOf(identity: string): readonly number[] {
    return [...this.rowsWhere((owner) => owner.identity === identity).keys()];
  }

  /** The same for all owners for which `test` holds, with the generation of each row. */
  rowsWhere(test: (owner: RowOwner) => boolean): ReadonlyMap<number, number> {
    const found = [...this.#owners].filter(([, owner]) => test(owner));
    return new Map(found.map(([row]) => [row, this.#table.generation[row] ?? 0]));
  }

  /**
   * Takes a row out of use. Its sessions go on, and until a data plane runs on a snapshot without it, new ones may come:
   * if it served nobody any more at once, a plane that knows no other would have nobody.
   * @param version the first snapshot without it.
   * @param onFree called when its last session has ended and nobody can pick it.
   */
  retire(row: number, version: number, onFree: () => void): void {
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
      if (version > acknowledged) continue;
      // For who still looks for a backend in a pool of before.
      this.#table.changeState(row, (word) => withAdministrative(word, "removed"));
      if (Atomics.load(this.#table.active, row) > 0) continue;
      this.#retired.delete(row);
      this.#owners.delete(row);
      this.#free.push(row);
      onFree();
    }
  }
}
