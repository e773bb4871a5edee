// The chart for the README: what each balancer needs for the same work, HAProxy being 1. An SVG that follows the reader's
// light or dark theme. Pure.

export interface Bar {
  readonly subject: string;
  readonly ratio: number;
}

export interface BarGroup {
  readonly title: string;
  readonly bars: readonly Bar[];
}

const WIDTH = 760;
const LABEL_WIDTH = 150;
const VALUE_WIDTH = 60;
const BAR_HEIGHT = 16;
const BAR_GAP = 5;
const GROUP_GAP = 20;
const TITLE_HEIGHT = 24;
const HEAD_HEIGHT = 34;
/** What is longer is cut, and its figure tells: one slow subject would make all others look alike. */
const LONGEST_RATIO = 3;

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

export function drawChart(heading: string, groups: readonly BarGroup[]): string {
  const scale = (WIDTH - LABEL_WIDTH - VALUE_WIDTH) / LONGEST_RATIO;
  const parts: string[] = [text(0, 18, heading, "head")];
  let y = HEAD_HEIGHT;
  for (const { title, bars } of groups) {
    parts.push(text(0, y + 14, title, "title"));
    y += TITLE_HEIGHT;
    const top = y;
    for (const { subject, ratio } of bars) {
      const width = Math.min(ratio, LONGEST_RATIO) * scale;
      const kind = subject.startsWith("lb-tcp") ? "bar own" : "bar";
      parts.push(
        text(0, y + 13, subject, "name"),
        `<rect class="${kind}" x="${LABEL_WIDTH}" y="${y}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>`,
        text(LABEL_WIDTH + width + 6, y + 13, ratio.toFixed(2), "value"),
      );
      y += BAR_HEIGHT + BAR_GAP;
    }
    const x = LABEL_WIDTH + scale;
    parts.push(`<line class="one" x1="${x}" x2="${x}" y1="${top - 3}" y2="${y - 2}"/>`);
    y += GROUP_GAP;
  }
  const size = `width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${escape(heading)}">`,
    `<style>${STYLE}\n</style>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

function text(x: number, y: number, content: string, kind: string): string {
  return `<text class="${kind}" x="${x.toFixed(1)}" y="${y}">${escape(content)}</text>`;
}

function escape(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
