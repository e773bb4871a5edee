// Text for a terminal: paragraphs, and terms with what they mean beside them, within a given width.

/** A term and what it means. */
export interface Row {
  readonly term: string;
  readonly text: string;
}

/** Terms longer than this share of the width stand on a line of their own. */
const TERM_SHARE = 0.4;
const NARROWEST = 40;
const WIDEST = 110;
const INDENT = "  ";
const GAP = "  ";

/** Where there is no terminal. */
const DEFAULT_COLUMNS = 80;

/** The width to write in: beyond a hundred characters, the eye loses the line. */
export function pageColumns(terminalColumns: number | undefined): number {
  return Math.min(WIDEST, Math.max(NARROWEST, terminalColumns ?? DEFAULT_COLUMNS));
}

/** A space at which no line is broken. */
export const HARD_SPACE = "\u00a0";

/** The words of `text` in lines of at most `columns`, each after `indent`. A word that is longer stands alone. */
export function paragraph(text: string, columns: number, indent: string = ""): string {
  return wrap(text, columns - indent.length)
    .map((line) => `${indent}${line}\n`)
    .join("");
}

/** Rows below each other, their texts aligned at `termColumns`, as termColumnsOf() gives it. */
export function table(rows: readonly Row[], columns: number, termColumns: number): string {
  return rows.map((row) => tableRow(row, columns, termColumns)).join("");
}

/** Where the texts of all these rows begin. */
export function termColumnsOf(rows: readonly Row[], columns: number): number {
  const most = Math.floor(columns * TERM_SHARE);
  const lengths = rows.map(({ term }) => INDENT.length + term.length + GAP.length).filter((length) => length <= most);
  return Math.max(INDENT.length + GAP.length, ...lengths);
}

/** Sections with an empty line between two of them. */
export function page(...sections: readonly string[]): string {
  return sections.filter((section) => section !== "").join("\n");
}

/** A heading, which may be missing, and what stands under it. */
export function section(title: string, body: string): string {
  return title === "" ? body : `${title}\n${body}`;
}

function tableRow({ term, text }: Row, columns: number, termColumns: number): string {
  if (text === "") return `${INDENT}${term}\n`;
  const [first = "", ...rest] = wrap(text, columns - termColumns);
  const head = `${INDENT}${term}${GAP}`;
  const fits = head.length <= termColumns;
  const beside = fits ? `${head.padEnd(termColumns)}${first}` : `${INDENT}${term}`;
  const below = fits ? rest : [first, ...rest];
  return [beside, ...below.map((line) => " ".repeat(termColumns) + line)].map((line) => `${line}\n`).join("");
}

function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((each) => each.replaceAll(HARD_SPACE, " "));
}
