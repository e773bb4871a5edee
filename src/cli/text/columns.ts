// A table: titles, and a row below each other, as wide as what is in them.

import { clipText, type Line, type Span, span } from "./line.ts";

export interface Column {
  readonly title: string;
  /** Figures stand to the right. Default left. */
  readonly align?: "right";
  /** Where there is no room for all, those with the highest go first. Default 0: it stays. */
  readonly dispensable?: number;
}

/** A cell of a row, for each column one. */
export type Cell = Span;

const GAP = "  ";
/** The last column is cut down to this before a column goes. */
const LEAST_LAST = 12;

/**
 * The title line, and a line for each row.
 * @param width Infinity where nothing is to be cut.
 */
export function tableLines(columns: readonly Column[], rows: readonly (readonly Cell[])[], width: number): Line[] {
  const widths = columns.map(({ title }, at) =>
    rows.reduce((widest, row) => Math.max(widest, row[at]?.text.length ?? 0), title.length),
  );
  const shown = fitting(columns, widths, width);
  const titles = columns.map(({ title }) => span(title, "dim"));
  return [titles, ...rows].map((row) => layOut(row, columns, widths, shown, width));
}

/** Which columns there is room for. */
function fitting(columns: readonly Column[], widths: readonly number[], width: number): readonly number[] {
  let shown = columns.map((_, at) => at);
  while (neededBy(shown, columns, widths) > width) {
    const most = Math.max(...shown.map((at) => columns[at]?.dispensable ?? 0));
    if (most === 0) break;
    const goes = shown.findLast((at) => (columns[at]?.dispensable ?? 0) === most);
    shown = shown.filter((at) => at !== goes);
  }
  return shown;
}

function neededBy(shown: readonly number[], columns: readonly Column[], widths: readonly number[]): number {
  const last = shown.at(-1);
  return shown.reduce((sum, at) => {
    const width = widths[at] ?? 0;
    const canBeCut = at === last && columns[at]?.align === undefined;
    return sum + (canBeCut ? Math.min(width, LEAST_LAST) : width) + (at === last ? 0 : GAP.length);
  }, 0);
}

function layOut(
  row: readonly Cell[],
  columns: readonly Column[],
  widths: readonly number[],
  shown: readonly number[],
  width: number,
): Line {
  const line: Span[] = [];
  let used = 0;
  for (const [index, at] of shown.entries()) {
    const { text = "", tone = "plain" } = row[at] ?? {};
    const isLast = index === shown.length - 1;
    const isRight = columns[at]?.align === "right";
    const full = widths[at] ?? 0;
    const room = Math.max(0, isLast ? Math.min(full, width - used) : full);
    const clipped = clipText(text, room);
    const padding = " ".repeat(Math.max(0, room - clipped.length));
    if (isRight && padding !== "") line.push(span(padding));
    line.push({ text: clipped, tone });
    if (!isRight && padding !== "" && !isLast) line.push(span(padding));
    if (!isLast) line.push(span(GAP));
    used += full + GAP.length;
  }
  return line;
}
