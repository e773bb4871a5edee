// Aligned text. Pure.

/** A heading, and under it rows of cells: the first of each stands left, the others right. */
export interface Section {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Lines of text under the rows. */
  readonly notes: readonly string[];
}

const GAP = "  ";

/** One table: the first column is as wide in all sections, the others as wide as their section needs. */
export function layoutTable(sections: readonly Section[]): string {
  const firstWidth = Math.max(...sections.flatMap(({ rows }) => rows.map(([first = ""]) => first.length)), 0);
  return sections.map((section) => layoutSection(section, firstWidth)).join("\n");
}

function layoutSection({ title, head, rows, notes }: Section, firstWidth: number): string {
  const all = rows.length === 0 ? [] : [["", ...head], ...rows];
  const columns = Math.max(0, ...all.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    column === 0 ? firstWidth : Math.max(...all.map((row) => row[column]?.length ?? 0)),
  );
  const lines = all.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join(GAP)
      .trimEnd(),
  );
  return [title, ...lines, ...notes, ""].join("\n");
}
