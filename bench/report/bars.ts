// What goes into the chart. Pure.

import { summarize } from "../summary.ts";
import type { Bar, BarGroup } from "./chart.ts";
import type { Report } from "./sections.ts";

/** Heads of the chart's columns: the number of workers is the place, from 1. */
export const CHART_COLUMNS: readonly string[] = [
  "one worker, HAProxy (dashed) with nbthread 1",
  "two workers, HAProxy with nbthread 2",
];

/** For each scenario the first metric that is compared with HAProxy; HAProxy itself is the line. */
export function barGroups({ scenarios, subjects, samples }: Report): BarGroup[] {
  return scenarios.flatMap(({ name, title, metrics: [first] }) => {
    if (first === undefined || !first.comparedWith.includes("haproxy")) return [];
    const columns = CHART_COLUMNS.map((_, index) =>
      subjects.flatMap((subject): Bar[] => {
        const ratio = summarize(samples, name, subject, first)?.ratios.haproxy;
        const label = subject.name.replace(/-\d+$/, "");
        if (ratio === undefined || label === "haproxy" || subject.workers !== index + 1) return [];
        return [{ label, ratio, isOwn: label.startsWith("lb-tcp") }];
      }),
    );
    const isEmpty = columns.every((bars) => bars.length === 0);
    return isEmpty ? [] : [{ title: `${title}: ${first.label}`, columns }];
  });
}
