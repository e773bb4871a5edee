// Lines of a terminal as spans of text, each in a tone: laid out and cut by what is seen, painted in the end.

/** What a piece of text says beside its words. */
export type Tone = "plain" | "dim" | "strong" | "good" | "warning" | "bad" | "accent" | "selected";

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

export type Line = readonly Span[];

const sequences: Readonly<Record<Exclude<Tone, "plain">, string>> = {
  dim: "2",
  strong: "1",
  good: "32",
  warning: "33",
  bad: "31",
  accent: "36",
  selected: "7",
};

const colorless: ReadonlySet<Tone> = new Set(["dim", "strong", "selected"]);

const ELLIPSIS = "…";

// Whatever ends or redraws a line on a terminal, or turns its direction around (CVE-2021-42574).
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu;

/** @param text From a server: what a terminal would obey becomes a space. */
export function span(text: string, tone: Tone = "plain"): Span {
  return { text: text.replace(UNPRINTABLE, " "), tone };
}

export function lineLength(line: Line): number {
  return line.reduce((sum, { text }) => sum + text.length, 0);
}

/** The same line in at most so many columns; what is cut off leaves an ellipsis. */
export function clipLine(line: Line, columns: number): Line {
  if (lineLength(line) <= columns) return line;
  const clipped: Span[] = [];
  let left = Math.max(0, columns);
  for (const { text, tone } of line) {
    if (left === 0) break;
    if (text.length < left) {
      clipped.push({ text, tone });
      left -= text.length;
    } else {
      clipped.push({ text: clipText(text, left, true), tone });
      left = 0;
    }
  }
  return clipped;
}

/** @param isCut Whether it has to end in an ellipsis even where it fits, as more would have followed. */
export function clipText(text: string, columns: number, isCut: boolean = false): string {
  if (text.length <= columns && !(isCut && text.length === columns)) return text;
  return columns <= 0 ? "" : `${text.slice(0, columns - 1)}${ELLIPSIS}`;
}

/** Every span in one tone. */
export function toned(line: Line, tone: Tone): Line {
  return line.map(({ text }) => ({ text, tone }));
}

/** Filled up with spaces. */
export function padLine(line: Line, columns: number): Line {
  const missing = columns - lineLength(line);
  return missing > 0 ? [...line, { text: " ".repeat(missing), tone: line.at(-1)?.tone ?? "plain" }] : line;
}

/** All tones; those that are no colours (https://no-color.org); or text alone, for what is no terminal. */
export type Palette = "colors" | "no-colors" | "none";

/** As a terminal takes it, without its end. */
export function paintLine(line: Line, palette: Palette): string {
  const has = (tone: Tone): tone is Exclude<Tone, "plain"> =>
    tone !== "plain" && (palette === "colors" || (palette === "no-colors" && colorless.has(tone)));
  const text = line.map((each) =>
    has(each.tone) && each.text !== "" ? paint(each.text, sequences[each.tone]) : each.text,
  );
  return text.join("").trimEnd();
}

/** Lines with their ends. */
export function paintLines(lines: readonly Line[], palette: Palette): string {
  return lines.map((line) => `${paintLine(line, palette)}\n`).join("");
}

function paint(text: string, sequence: string): string {
  return `\u001b[${sequence}m${text}\u001b[0m`;
}
