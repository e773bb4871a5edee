// npm run bench: what it measures and how is in scenarios/; `--help` says what can be chosen.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../src/errors.ts";
import { endChildrenAtExit } from "./child.ts";
import { createFolder } from "./folder.ts";
import { describeMachine, loadAverage } from "./machine.ts";
import { runMicro } from "./micro/micro.ts";
import { type BenchOptions, parseOptions, USAGE } from "./options.ts";
import { barGroups, CHART_COLUMNS } from "./report/bars.ts";
import { drawChart } from "./report/chart.ts";
import { footer, type Report, sectionsOf } from "./report/sections.ts";
import { layoutTable } from "./report/table.ts";
import { RESULTS_FOLDER } from "./repository.ts";
import { runPlan } from "./run.ts";
import { chooseScenarios, FULL_EFFORT, QUICK_EFFORT } from "./scenarios/catalogue.ts";
import { runSoak } from "./soak/soak.ts";
import { allSubjects, chooseSubjects } from "./subjects/catalogue.ts";

const HEADING = "What the same work takes: HAProxy = 1, less is better";

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`bench: ${messageOf(error)}`);
  process.exitCode = 1;
}
// Whatever a failure has left open must not keep it.
process.exit();

async function main(): Promise<number> {
  if (process.platform !== "linux") throw new Error("it reads /proc and so needs Linux");
  const command = parseOptions(process.argv.slice(2));
  endChildrenAtExit();
  switch (command.kind) {
    case "help":
      process.stdout.write(USAGE);
      return 0;
    case "micro":
      process.stdout.write(await runMicro(command.options));
      return 0;
    case "soak":
      return (await runSoak(command.options, announce)) ? 0 : 1;
    case "bench":
      await bench(command.options);
      return 0;
  }
}

async function bench({ rotations, quick, only, subjects: wanted, node, output }: BenchOptions): Promise<void> {
  const folder = createFolder();
  const scenarios = chooseScenarios(only);
  const subjects = chooseSubjects(allSubjects(node, folder), wanted);
  const effort = quick ? QUICK_EFFORT : FULL_EFFORT;
  const machine = describeMachine(node);
  const loadBefore = loadAverage();
  const outcome = await runPlan({ scenarios, subjects, rotations, effort, folder, announce });
  const report: Report = {
    ...outcome,
    scenarios: scenarios.map(({ name, title, metrics }) => ({ name, title, metrics: metrics(effort) })),
    subjects: subjects.map(({ name, workers }) => ({ name, workers })),
  };
  announce("");
  console.log(`${layoutTable(sectionsOf(report))}\n${footer(machine, rotations, quick, loadBefore)}`);
  const at = new Date().toISOString();
  mkdirSync(RESULTS_FOLDER, { recursive: true });
  const file = join(RESULTS_FOLDER, output);
  writeFileSync(
    `${file}.json`,
    `${JSON.stringify({ at, machine, rotations, quick, loadBefore, ...report }, null, 1)}\n`,
  );
  writeFileSync(`${file}.svg`, drawChart(HEADING, CHART_COLUMNS, barGroups(report)));
  console.log(`\n${file}.json and .svg`);
}

/** What is going on, on a line that the next one replaces. */
function announce(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
  else if (text !== "") process.stderr.write(`${text}\n`);
}
