// What must hold after a soak, and what was found. Pure.

import type { DescriptorCounts } from "../proc/descriptors.ts";
import { median } from "../quantile.ts";

/** Resident memory when so much of the run was over. */
export interface MemorySample {
  /** 0 to 1. */
  readonly progress: number;
  readonly bytes: number;
}

export interface Check {
  readonly name: string;
  readonly isMet: boolean;
  readonly found: string;
}

/** What a heap may move by itself. */
const MEMORY_SLACK_RATIO = 0.1;
const MEMORY_SLACK_BYTES = 16 * 2 ** 20;

/** Flat after the first tenth: the last tenth needs no more than the second did. */
export function checkMemory(samples: readonly MemorySample[]): Check {
  const between = (from: number, to: number): number =>
    median(samples.filter(({ progress }) => progress >= from && progress <= to).map(({ bytes }) => bytes));
  const early = between(0.1, 0.2);
  const late = between(0.9, 1);
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
  return {
    name: "memory is flat after the first tenth",
    isMet: late <= early * (1 + MEMORY_SLACK_RATIO) + MEMORY_SLACK_BYTES,
    found: `${mebibytes(early)} MiB in the second tenth, ${mebibytes(late)} MiB in the last`,
  };
}

/** @param pooledPipes descriptors of pipes that may stay. */
export function checkDescriptors(before: DescriptorCounts, after: DescriptorCounts, pooledPipes: number): Check {
  const kinds = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const changes = kinds.flatMap((kind) => {
    const change = (after[kind] ?? 0) - (before[kind] ?? 0);
    return change === 0 ? [] : [{ kind, change, isAllowed: kind === "pipe" && change > 0 && change <= pooledPipes }];
  });
  const total = Object.values(after).reduce((sum, count) => sum + count, 0);
  return {
    name: "descriptors are what they were",
    isMet: changes.every(({ isAllowed }) => isAllowed),
    found:
      changes.length === 0
        ? `${total}, as before`
        : changes.map(({ kind, change }) => `${kind} ${change > 0 ? "+" : ""}${change}`).join(", "),
  };
}

/** That something never happened. */
export function checkNone(name: string, counts: Readonly<Record<string, number>>): Check {
  const found = Object.entries(counts).filter(([, count]) => count !== 0);
  return {
    name,
    isMet: found.length === 0,
    found: found.length === 0 ? "none" : found.map(([what, count]) => `${what}: ${count}`).join(", "),
  };
}
