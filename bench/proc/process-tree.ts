import { readdirSync, readFileSync } from "node:fs";
import { residentBytes as residentBytesIn } from "./process-stat.ts";

/** A process and all its descendants: nginx's workers are children of a master. Empty when it has gone. */
export function processTree(pid: number): number[] {
  let threads: string[];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
  return [pid, ...threads.flatMap((thread) => childrenOf(pid, thread)).flatMap(processTree)];
}

/** Resident memory of a process and its descendants. What they share is counted for each, so only differences mean something. */
export function treeResidentBytes(pid: number): number {
  return processTree(pid)
    .map((each) => residentBytesIn(readFileSync(`/proc/${each}/status`, "latin1")))
    .reduce((sum, bytes) => sum + bytes, 0);
}

function childrenOf(pid: number, thread: string): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${thread}/children`, "latin1").trim();
    return text === "" ? [] : text.split(" ").map(Number);
  } catch {
    // The thread has ended in between.
    return [];
  }
}
