import { readFileSync } from "node:fs";
import { machineCpuS, processCpuS } from "./process-stat.ts";
import { processTree } from "./process-tree.ts";

/** CPU time used up to a moment, or between two. */
export interface Usage {
  readonly atMs: number;
  /** Of the subject's processes with all their threads. */
  readonly subjectCpuS: number;
  /** Of everything that runs on the machine. */
  readonly machineCpuS: number;
}

/** @param pid the subject's first process; 0 where there is none. */
export function readUsage(pid: number): Usage {
  const tree = pid === 0 ? [] : processTree(pid);
  if (pid !== 0 && tree.length === 0) throw new Error(`the subject has ended by itself (process ${pid})`);
  return {
    atMs: performance.now(),
    subjectCpuS: tree
      .map((each) => processCpuS(readFileSync(`/proc/${each}/stat`, "latin1")))
      .reduce((sum, seconds) => sum + seconds, 0),
    machineCpuS: machineCpuS(readFileSync("/proc/stat", "latin1")),
  };
}

export function usageSince(pid: number, before: Usage): Usage {
  const now = readUsage(pid);
  return {
    atMs: now.atMs - before.atMs,
    subjectCpuS: now.subjectCpuS - before.subjectCpuS,
    machineCpuS: now.machineCpuS - before.machineCpuS,
  };
}
