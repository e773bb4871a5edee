// Rise and fall: probe results into up and down. Pure.

import type { HealthState } from "./state.ts";

/** How many results in a row it takes. */
export interface HealthRule {
  readonly rise: number;
  readonly fall: number;
}

/** What is remembered of a backend's probes. */
export interface Health {
  readonly state: HealthState;
  /** Results in a row that contradict the state. */
  readonly against: number;
}

/** Before the first probe. */
export const UNKNOWN_HEALTH: Health = { state: "unknown", against: 0 };

/**
 * The health after one more result.
 *
 * The first result decides at once. `rise` counts only while another backend of the pool can serve: a pool without any
 * takes the first that answers.
 */
export function observeProbe(health: Health, succeeded: boolean, rule: HealthRule, anotherServes: boolean): Health {
  const says = succeeded ? "up" : "down";
  if (health.state === says) return health.against === 0 ? health : { state: says, against: 0 };
  const against = health.against + 1;
  const needed = succeeded ? (anotherServes ? rule.rise : 1) : rule.fall;
  if (health.state === "unknown" || against >= needed) return { state: says, against: 0 };
  return { state: health.state, against };
}

/** Whether results and state disagree, or nothing is known yet: then it is worth looking more often. */
export function isChanging(health: Health): boolean {
  return health.state === "unknown" || health.against > 0;
}
