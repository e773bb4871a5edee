import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem } from "node:os";
import { firstLineOf } from "./program.ts";

/** What the figures depend on besides the code. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly kernel: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** @param node the binary that lb-tcp runs on */
export function describeMachine(node: string): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: `Linux ${release()}`,
    versions: {
      Node: execFileSync(node, ["--version"], { encoding: "utf8" }).trim(),
      HAProxy: versionIn(firstLineOf("haproxy", "-v")),
      nginx: versionIn(firstLineOf("nginx", "-v")),
      Go: versionIn(firstLineOf("go", "version")),
      wrk: versionIn(firstLineOf("wrk", "-v")),
    },
  };
}

/** One minute's load before anything was started: others on the machine. */
export function loadAverage(): number {
  return Number(readFileSync("/proc/loadavg", "latin1").split(" ")[0]);
}

function versionIn(line: string): string {
  return /\d+(\.\d+)+/.exec(line)?.[0] ?? line;
}
