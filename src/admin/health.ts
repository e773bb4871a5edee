// Whether the process lives, and whether it should get traffic: two questions that have nothing to do with each other.

import type { ReadyWhen } from "../config/admin-options.ts";
import type { Summary } from "../control/stats.ts";

/** One thing that has to hold. */
export interface Condition {
  readonly name: string;
  readonly holds: boolean;
  /** How things are, for people. */
  readonly detail: string;
}

/** A worker beats at least once a second; one that has not for so long hangs. */
const LONGEST_HEARTBEAT_MS = 10_000;

/** Nothing about backends: a process is not restarted because they are down. */
export function liveConditions({ state, workers }: Pick<Summary, "state" | "workers">): readonly Condition[] {
  // Before and after that there are no threads that could beat.
  if (state !== "running" && state !== "closing") return [{ name: "process", holds: true, detail: state }];
  return workers.map(({ worker, heartbeatAgeMs }) => ({
    name: `worker-${worker}`,
    holds: heartbeatAgeMs < LONGEST_HEARTBEAT_MS,
    detail: `last heartbeat ${Math.round(heartbeatAgeMs)} ms ago`,
  }));
}

export function readyConditions(
  { state, pools }: Pick<Summary, "state" | "pools">,
  readyWhen: ReadyWhen,
): readonly Condition[] {
  const isDraining = isDrainingIn(state);
  const own = [
    { name: "listening", holds: state === "running" || isDraining, detail: state },
    { name: "not-draining", holds: !isDraining, detail: isDraining ? "stopping" : "not stopping" },
  ];
  if (readyWhen === "listening") return own;
  const without = pools.filter(({ usable }) => usable === 0).map(({ name }) => name);
  const holds = readyWhen === "all-pools" ? without.length === 0 : without.length < pools.length;
  const detail =
    without.length === 0
      ? "every pool has a usable backend"
      : `${without.length} of ${pools.length} pools without a usable backend: ${without.slice(0, MOST_NAMED).join(", ")}`;
  return [...own, { name: readyWhen, holds, detail }];
}

const MOST_NAMED = 10;

/** From the signal on, the shutdown delay included. */
export function isDrainingIn(state: Summary["state"]): boolean {
  return state === "closing" || state === "closed";
}

export function allHold(conditions: readonly Condition[]): boolean {
  return conditions.every(({ holds }) => holds);
}

/** A line for each condition, or one word. */
export function healthText(conditions: readonly Condition[], isVerbose: boolean): string {
  const failed = conditions.filter(({ holds }) => !holds);
  const shown = isVerbose ? conditions : failed;
  const lines = shown.map(({ name, holds, detail }) => `[${holds ? "+" : "-"}] ${name}: ${detail}\n`);
  return `${lines.join("")}${failed.length === 0 ? "ok" : "not ok"}\n`;
}
