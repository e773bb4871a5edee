// The chart for the README: what each balancer needs for the same work, HAProxy being 1. An SVG that follows the reader's
// light or dark theme. Pure.

export interface Bar {
  readonly label: string;
  readonly ratio: number;
  /** lb-tcp, among its rivals. */
  readonly isOwn: boolean;
}

/** A scenario: on the left what has one worker, on the right what has two. */
export interface BarGroup {
  readonly title: string;
  readonly columns: readonly (readonly Bar[])[];
}

const COLUMN_WIDTH = 400;
const LABEL_WIDTH = 130;
const VALUE_WIDTH = 60;
const BAR_HEIGHT = 14;
const BAR_GAP = 5;
const GROUP_GAP = 16;
const TITLE_HEIGHT = 22;
const HEAD_HEIGHT = 56;
/** What is longer is cut, and its figure tells: one slow subject would make all others look alike. */
const LONGEST_RATIO = 3;
const SCALE = (COLUMN_WIDTH - LABEL_WIDTH - VALUE_WIDTH) / LONGEST_RATIO;

// Read on white and on GitHub's dark ground alike.
const STYLE = `
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.head { font-weight: 600; font-size: 15px; }
.title { font-weight: 600; }
.bar { fill: #8c959f; }
.own { fill: #2f81f7; }
.one { stroke: #1f2328; stroke-dasharray: 3 3; opacity: 0.6; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .one { stroke: #e6edf3; }
}`;

/** @param columns heads of the columns */
export function drawChart(heading: string, columns: readonly string[], groups: readonly BarGroup[]): string {
  const parts: string[] = [text(0, 18, heading, "head")];
  for (const [index, column] of columns.entries()) parts.push(text(index * COLUMN_WIDTH, 42, column, "column"));
  let y = HEAD_HEIGHT;
  for (const group of groups) {
    parts.push(text(0, y + 14, group.title, "title"));
    y += TITLE_HEIGHT;
    for (const [index, bars] of group.columns.entries()) parts.push(...drawColumn(index * COLUMN_WIDTH, y, bars));
    y += Math.max(...group.columns.map((bars) => bars.length)) * (BAR_HEIGHT + BAR_GAP) + GROUP_GAP;
  }
  const width = columns.length * COLUMN_WIDTH;
  const size = `width="${width}" height="${y}" viewBox="0 0 ${width} ${y}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${escape(heading)}">`,
    `<style>${STYLE}\n</style>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

function drawColumn(left: number, top: number, bars: readonly Bar[]): string[] {
  const start = left + LABEL_WIDTH;
  const parts = bars.flatMap(({ label, ratio, isOwn }, index) => {
    const y = top + index * (BAR_HEIGHT + BAR_GAP);
    const width = Math.min(ratio, LONGEST_RATIO) * SCALE;
    const place = `x="${start}" y="${y}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}"`;
    return [
      text(left, y + 11, label, "name"),
      `<rect class="${isOwn ? "bar own" : "bar"}" ${place} rx="2"/>`,
      text(start + width + 6, y + 11, ratio.toFixed(2), "value"),
    ];
  });
  if (bars.length === 0) return [];
  const x = (start + SCALE).toFixed(1);
  const bottom = top + bars.length * (BAR_HEIGHT + BAR_GAP);
  return [...parts, `<line class="one" x1="${x}" x2="${x}" y1="${top - 3}" y2="${bottom}"/>`];
}

function text(x: number, y: number, content: string, kind: string): string {
  return `<text class="${kind}" x="${x.toFixed(1)}" y="${y}">${escape(content)}</text>`;
}

function escape(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
