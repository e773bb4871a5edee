import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { BenchOptions } from "../options.ts";
import { median } from "../quantile.ts";
import { layoutTable } from "../report/table.ts";
import { moduleFile } from "../repository.ts";
import type { Costs } from "./stopwatch.ts";

const execute = promisify(execFile);

/** The table of the hot functions: nanoseconds a call. */
export async function runMicro({ rotations, node }: Pick<BenchOptions, "rotations" | "node">): Promise<string> {
  const runs: Costs[] = [];
  for (let run = 0; run < rotations; run++) {
    const { stdout } = await execute(node, [moduleFile("micro/process.js")]);
    runs.push(JSON.parse(stdout));
  }
  const rows = Object.keys(runs[0] ?? {}).map((name) => {
    const values = runs.map((costs) => costs[name] ?? Number.NaN);
    return [
      name,
      nanoseconds(median(values)),
      `${nanoseconds(Math.min(...values))}–${nanoseconds(Math.max(...values))}`,
    ];
  });
  const title = `micro benchmarks, median of ${rotations} ${rotations === 1 ? "process" : "processes"}`;
  return `${layoutTable([{ title, head: ["ns", "min–max"], rows, notes: [] }])}`;
}

function nanoseconds(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 1 : 0 });
}
