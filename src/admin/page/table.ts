// A table that keeps its rows: each has a key, and only what has changed is written.

import { element, setAttribute, setHidden, setText } from "./element.ts";

export interface Column<Row> {
  readonly label: string;
  /** What the figures in it mean, for whoever points at its head. */
  readonly hint?: string;
  /** `name` heads its row; `number` stands to the right; `wide` takes what room there is; `actions` holds buttons. */
  readonly kind: "name" | "text" | "number" | "wide" | "actions";
  /** Once for each row; `current` is what the row shows at any later time. */
  readonly make?: (cell: HTMLElement, current: () => Row) => void;
  readonly fill: (cell: HTMLElement, row: Row) => void;
}

export interface TableOptions<Row> {
  /** For whoever hears the page. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  /** What is said where there is no row. */
  readonly empty: string;
  readonly keyOf: (row: Row) => string;
}

interface Shown<Row> {
  readonly line: HTMLTableRowElement;
  readonly cells: readonly HTMLElement[];
  row: Row;
}

export class Table<Row> {
  readonly element: HTMLElement;
  readonly #options: TableOptions<Row>;
  readonly #body: HTMLTableSectionElement = element("tbody");
  readonly #table: HTMLTableElement;
  readonly #empty: HTMLElement;
  readonly #shown = new Map<string, Shown<Row>>();

  constructor(options: TableOptions<Row>) {
    this.#options = options;
    const heads = options.columns.map(({ label, hint, kind }) =>
      element("th", { scope: "col", class: kind, ...(hint === undefined ? {} : { title: hint }) }, label),
    );
    const head = element("thead", {}, element("tr", {}, ...heads));
    this.#table = element("table", {}, element("caption", { class: "unseen" }, options.caption), head, this.#body);
    this.#empty = element("p", { class: "quiet empty" }, options.empty);
    this.element = element("div", { class: "table" }, this.#table, this.#empty);
    this.update([]);
  }

  update(rows: readonly Row[]): void {
    setHidden(this.#table, rows.length === 0);
    setHidden(this.#empty, rows.length > 0);
    const keys = new Set<string>();
    let next = this.#body.firstElementChild;
    for (const row of rows) {
      const key = this.#options.keyOf(row);
      keys.add(key);
      const shown = this.#shown.get(key) ?? this.#add(key, row);
      shown.row = row;
      for (const [index, { fill }] of this.#options.columns.entries()) {
        const cell = shown.cells[index];
        if (cell !== undefined) fill(cell, row);
      }
      // Moved only where it has to be: what is moved loses the focus.
      if (shown.line === next) next = next.nextElementSibling;
      else this.#body.insertBefore(shown.line, next);
    }
    for (const [key, { line }] of this.#shown) {
      if (keys.has(key)) continue;
      line.remove();
      this.#shown.delete(key);
    }
  }

  #add(key: string, row: Row): Shown<Row> {
    const { columns } = this.#options;
    const cells = columns.map(({ kind, label }) =>
      kind === "name"
        ? element("th", { scope: "row", class: kind })
        : element("td", { class: kind, "data-label": label }),
    );
    const shown: Shown<Row> = { line: element("tr", {}, ...cells), cells, row };
    for (const [index, { make }] of columns.entries()) {
      const cell = cells[index];
      if (cell !== undefined) make?.(cell, () => shown.row);
    }
    this.#shown.set(key, shown);
    return shown;
  }
}

/** A cell that holds nothing but text. */
export function text<Row>(of: (row: Row) => string): Pick<Column<Row>, "fill"> {
  return { fill: (cell, row) => setText(cell, of(row)) };
}

/** A figure, in grey where it is 0. */
export function figure<Row>(of: (row: Row) => string): Pick<Column<Row>, "fill"> {
  return {
    fill(cell, row) {
      const shown = of(row);
      setText(cell, shown);
      setAttribute(cell, "data-zero", shown === "0" || shown === "0 B" ? "" : null);
    },
  };
}
