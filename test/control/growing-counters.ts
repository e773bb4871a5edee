import assert from "node:assert/strict";
import type { Stats } from "../../src/control/stats.ts";

/** Keys of stats that may go up and down; every other number is a counter. */
const GAUGES: ReadonlySet<string> = new Set([
  "active",
  "usable",
  "queueLength",
  "weight",
  "effectiveWeight",
  "maxConnections",
  "limit",
  "loopLagMs",
  "heartbeatAgeMs",
  "lastMs",
  "worker",
]);

/** Every counter of the stats, by its path; members of lists by their names. */
function countersOf(stats: Stats): ReadonlyMap<string, number> {
  const counters = new Map<string, number>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value === "number") counters.set(path, value);
    else if (Array.isArray(value)) {
      for (const [index, each] of value.entries()) walk(each, `${path}[${nameOf(each, index)}]`);
    } else if (typeof value === "object" && value !== null) {
      for (const [key, each] of Object.entries(value)) if (!GAUGES.has(key)) walk(each, `${path}.${key}`);
    }
  };
  walk({ ...stats, sessions: null }, "stats");
  return counters;
}

/** Fails where a counter has gone, or has become less. */
export function assertGrown(before: Stats, after: Stats): void {
  const now = countersOf(after);
  const shrunk = [...countersOf(before)].filter(([path, count]) => (now.get(path) ?? -1) < count);
  const told = shrunk.map(([path, count]) => `${path}: ${count}, then ${now.get(path) ?? "nothing"}`);
  assert.deepEqual(told, []);
}

function nameOf(value: unknown, index: number): string {
  if (typeof value !== "object" || value === null) return String(index);
  const name = "name" in value ? value.name : "pool" in value ? value.pool : index;
  return typeof name === "string" ? name : String(index);
}
