// The last 15 minutes as lines.

import { element, find, setText } from "./element.ts";
import { formatBytes, formatCount, formatRate, formatTime } from "./format.ts";
import { type Sample, SPAN_MS } from "./timeline.ts";
import uPlot from "./uPlot.esm.js";
import type { Part } from "./view.ts";

interface Line {
  /** Empty where the chart has one only. */
  readonly label: string;
  /** A colour of the style sheet. */
  readonly colour: string;
  readonly of: (sample: Sample) => number;
}

interface ChartOptions {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  /** Steps between the lines of the grid. */
  readonly steps: readonly number[];
}

const HEIGHT_PX = 132;
const AXIS_PX = 58;
const ROOM_ABOVE = 1.15;
const DECIMAL_STEPS: readonly number[] = Array.from({ length: 10 }, (_, power) =>
  [1, 2, 5].map((each) => each * 10 ** power),
).flat();
const BINARY_STEPS: readonly number[] = Array.from({ length: 45 }, (_, power) => 2 ** power);

const options: readonly ChartOptions[] = [
  {
    title: "Sessions",
    unit: "",
    format: formatCount,
    steps: DECIMAL_STEPS,
    lines: [{ label: "", colour: "--line-1", of: ({ active }) => active }],
  },
  {
    title: "Sessions ended",
    unit: "/s",
    format: formatRate,
    steps: DECIMAL_STEPS,
    lines: [{ label: "", colour: "--line-1", of: ({ ended }) => ended }],
  },
  {
    title: "Bytes",
    unit: "/s",
    format: formatBytes,
    steps: BINARY_STEPS,
    lines: [
      { label: "up", colour: "--line-2", of: ({ bytesUp }) => bytesUp },
      { label: "down", colour: "--line-1", of: ({ bytesDown }) => bytesDown },
    ],
  },
];

export function createCharts(): Part {
  const host = find("charts", HTMLElement);
  const charts = options.map((each) => new Chart(each));
  host.append(...charts.map((chart) => chart.element));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const chart of charts) chart.redraw();
  });
  return {
    show({ timeline, nowMs }) {
      for (const chart of charts) chart.show(timeline.samples, nowMs);
    },
  };
}

class Chart {
  readonly element: HTMLElement;
  readonly #options: ChartOptions;
  readonly #values: HTMLElement = element("span", { class: "chart-values" });
  readonly #plot: uPlot;
  #samples: readonly Sample[] = [];

  constructor(chart: ChartOptions) {
    this.#options = chart;
    const canvas = element("div", {
      class: "plot",
      role: "img",
      "aria-label": `${chart.title} in the last 15 minutes`,
    });
    this.element = element("figure", { class: "card" }, element("figcaption", {}, chart.title, this.#values), canvas);
    this.#plot = new uPlot(this.#plotOptions(), [[], ...chart.lines.map(() => [])], canvas);
    new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      if (width > 0) this.#plot.setSize({ width, height: HEIGHT_PX });
    }).observe(canvas);
  }

  show(samples: readonly Sample[], nowMs: number): void {
    this.#samples = samples;
    const times = samples.map(({ atMs }) => atMs / 1_000);
    this.#plot.batch(() => {
      this.#plot.setData([times, ...this.#options.lines.map(({ of }) => samples.map(of))], false);
      this.#plot.setScale("x", { min: (nowMs - SPAN_MS) / 1_000, max: nowMs / 1_000 });
    });
    this.#showValues();
  }

  redraw(): void {
    this.#plot.redraw(false, false);
  }

  /** Of where the pointer is, or the latest. */
  #showValues(): void {
    const pointed = this.#plot.cursor.idx ?? null;
    const sample = pointed === null ? this.#samples.at(-1) : this.#samples[pointed];
    if (sample === undefined) return;
    const { lines, format, unit } = this.#options;
    const texts = lines.map(({ label, of }) => `${label === "" ? "" : `${label} `}${format(of(sample))}${unit}`);
    const at = pointed === null ? "" : ` at ${formatTime(sample.atMs)}`;
    setText(this.#values, `${texts.join(" · ")}${at}`);
  }

  #plotOptions(): uPlot.Options {
    const { lines, format, steps } = this.#options;
    const axis: uPlot.Axis = {
      stroke: () => colour("--quiet"),
      font: "11px system-ui, sans-serif",
      grid: { stroke: () => colour("--grid"), width: 1 },
      ticks: { show: false },
    };
    return {
      width: 300,
      height: HEIGHT_PX,
      legend: { show: false },
      padding: [8, 16, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, sync: { key: "lb-tcp" }, points: { size: 6 } },
      scales: {
        x: { time: true },
        y: { range: (_plot, _min, max) => [0, Math.max(1, max * ROOM_ABOVE)] },
      },
      axes: [
        {
          ...axis,
          size: 24,
          space: 60,
          values: (_plot, times) => times.map((at) => formatTime(at * 1_000).slice(0, 5)),
        },
        { ...axis, size: AXIS_PX, space: 28, incrs: [...steps], values: (_plot, values) => values.map(format) },
      ],
      series: [
        {},
        ...lines.map((line) => ({
          label: line.label,
          stroke: () => colour(line.colour),
          fill: () => colour(`${line.colour}-fill`),
          width: 1.5,
          points: { show: false },
        })),
      ],
      hooks: { setCursor: [() => this.#showValues()] },
    };
  }
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}
