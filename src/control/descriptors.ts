import { readFileSync } from "node:fs";

/** macOS's default for processes started from a shell, and the smallest in common use elsewhere is 1,024. */
const FALLBACK = 10_240;

/**
 * How many descriptors this process may have open; Infinity where there is no limit. Node raises the soft limit to the
 * hard one at its start, so the soft one counts.
 */
export function descriptorLimit(readLimits: () => string = readProcLimits): number {
  try {
    const soft = /^Max open files\s+(\S+)/m.exec(readLimits())?.[1];
    if (soft === "unlimited") return Number.POSITIVE_INFINITY;
    const limit = Number(soft);
    return Number.isInteger(limit) ? limit : FALLBACK;
  } catch {
    // Not Linux: there is no portable way to ask that does not look up every peer's name (process.report).
    return FALLBACK;
  }
}

function readProcLimits(): string {
  return readFileSync("/proc/self/limits", "utf8");
}
