// The table's content from what was measured. Pure.

import type { Machine } from "../machine.ts";
import type { Failure, Metric, Sample } from "../measurement.ts";
import type { Subject } from "../subjects/subject.ts";
import { summarize } from "../summary.ts";
import type { Section } from "./table.ts";

/** A scenario as the report knows it. */
export interface ReportedScenario {
  readonly name: string;
  readonly title: string;
  readonly metrics: readonly Metric[];
}

export interface Report {
  readonly scenarios: readonly ReportedScenario[];
  readonly subjects: readonly Pick<Subject, "name" | "workers">[];
  readonly samples: readonly Sample[];
  readonly failures: readonly Failure[];
}

/** Of the cores: above it, others take part in what is measured. */
const QUIET_LOAD_RATIO = 0.25;

/** A section for each scenario, and one for the subjects that did not start. */
export function sectionsOf(report: Report): Section[] {
  const absent = report.failures.filter(({ scenario }) => scenario === undefined);
  const sections = report.scenarios.map((scenario) => sectionOf(scenario, report));
  if (absent.length === 0) return sections;
  const notes = absent.map(({ subject, reason }) => `  ${subject}: ${reason}`);
  return [...sections, { title: "not measured, because they did not start", head: [], rows: [], notes }];
}

function sectionOf({ name, title, metrics }: ReportedScenario, { subjects, samples, failures }: Report): Section {
  const rows = subjects.flatMap((subject) => {
    const figures = metrics.map((metric) => summarize(samples, name, subject, metric));
    if (figures.every((figure) => figure === undefined)) return [];
    const cells = metrics.flatMap(({ decimals, comparedWith }, index) => {
      const figure = figures[index];
      const ratios = comparedWith.map((family) => ratioText(figure?.ratios[family]));
      const spread =
        index === 0 && figure !== undefined
          ? [`${number(figure.least, decimals)} to ${number(figure.most, decimals)}`]
          : [];
      return [figure === undefined ? "" : number(figure.median, decimals), ...ratios, ...spread];
    });
    return [[subject.name, ...cells]];
  });
  const head = metrics.flatMap(({ label, comparedWith }, index) => [
    label,
    ...comparedWith.map((family) => `× ${family}`),
    ...(index === 0 ? ["range"] : []),
  ]);
  const notes = failures
    .filter(({ scenario }) => scenario === name)
    .map(({ subject, reason }) => `  ${subject} failed: ${reason}`);
  return { title: `${name}: ${title}`, head, rows, notes: [...new Set(notes)] };
}

/** The method, for under the table. */
export function footer(machine: Machine, rotations: number, isQuick: boolean, loadBefore: number): string {
  const { cpu, cores, memoryGib, kernel, versions } = machine;
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${cpu}, ${cores} cores, ${memoryGib} GiB, ${kernel}; ${programs.join(", ")}.`,
    `Median of ${rotations} ${rotations === 1 ? "rotation" : "rotations"}${isQuick ? " (short)" : ""}; each subject started anew for each scenario, in rotating order, warmed up for a second.`,
    "CPU: user and system time of all processes and threads of the subject (/proc/PID/stat); machine: of everything that ran,",
    "clients and backends included. Ratios: to HAProxy with as many threads as the subject has workers, in the same rotation.",
    `lb-tcp with probes on and the access log off, unless a title says otherwise. Load average before the run: ${loadBefore}.`,
    ...(loadBefore > cores * QUIET_LOAD_RATIO
      ? ["THE MACHINE WAS BUSY WITH SOMETHING ELSE: figures to try things out, not to quote."]
      : []),
  ].join("\n");
}

function ratioText(ratio: number | undefined): string {
  return ratio === undefined ? "" : number(ratio, 2);
}

function number(value: number, decimals: number): string {
  return value.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}
