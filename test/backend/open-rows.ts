import { type EjectionState, ejectionOf, FRESH, withAdministrative, withHealth } from "../../src/backend/state.ts";
import { BackendTable, NO_LIMIT } from "../../src/backend/table.ts";

/** A table in use, with words for what tests do to its rows. */
export interface OpenRows {
  readonly table: BackendTable;
  readonly rows: readonly number[];
  readonly drain: (row: number) => void;
  readonly markDown: (row: number) => void;
  readonly markUp: (row: number) => void;
  readonly ejection: (row: number) => EjectionState;
}

/** Rows 0 to `count` - 1, without a limit and of weight 1. */
export function openRows(count: number): OpenRows {
  const table = new BackendTable();
  const rows = Array.from({ length: count }, (_, row) => row);
  for (const row of rows) table.open(row, 1, NO_LIMIT);
  return {
    table,
    rows,
    drain: (row) => void table.changeState(row, (word) => withAdministrative(word, "drain")),
    markDown: (row) => void table.changeState(row, (word) => withHealth(word, "down")),
    markUp: (row) => void table.changeState(row, (word) => withHealth(word, "up")),
    ejection: (row) => ejectionOf(table.state[row] ?? FRESH),
  };
}
