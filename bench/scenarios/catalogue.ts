import { bulk } from "./bulk.ts";
import { fairness } from "./fairness.ts";
import { growthBackends, growthConnections } from "./growth.ts";
import { idleMemory } from "./idle-memory.ts";
import { latency } from "./latency.ts";
import {
  accessLog,
  connectionEach,
  keepAlive,
  peekedConnection,
  peekedKeepAlive,
  rewrittenConnection,
} from "./requests.ts";
import type { Effort, Scenario } from "./scenario.ts";

/** In the order of the table. */
const scenarios: readonly Scenario[] = [
  keepAlive,
  connectionEach,
  accessLog,
  peekedKeepAlive,
  peekedConnection,
  rewrittenConnection,
  bulk,
  idleMemory,
  latency,
  fairness,
  growthConnections,
  growthBackends,
];

export const FULL_EFFORT: Effort = {
  warmUpSeconds: 1,
  loadSeconds: 4,
  downloads: 3,
  mostConnections: 8_000,
  connectionSteps: [10, 1_000, 8_000],
  backendSteps: [2, 100, 1_000],
};

/** Shows whether everything works, and roughly where it stands. */
export const QUICK_EFFORT: Effort = {
  ...FULL_EFFORT,
  loadSeconds: 1,
  downloads: 1,
  connectionSteps: [10, 8_000],
  backendSteps: [2, 1_000],
};

/** @throws Error for a word that is no scenario. */
export function chooseScenarios(wanted: readonly string[] | undefined): readonly Scenario[] {
  if (wanted === undefined) return scenarios;
  const names = scenarios.map(({ name }) => name);
  for (const word of wanted) {
    if (!names.includes(word)) throw new Error(`--only: ${word} is none of ${names.join(", ")}`);
  }
  return scenarios.filter(({ name }) => wanted.includes(name));
}
