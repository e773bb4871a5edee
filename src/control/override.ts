// What an operator has set at run time, beside what the configuration says.

import type { OperatorState } from "../config/backend-schema.ts";

export type { OperatorState };

/** What is set at run time; what is left out stands as it is. */
export interface BackendChange {
  /**
   * `drain`: no new sessions; those it has may finish, for as long as the pool's onDrain says. `maintenance`: the same, and
   * it is not probed; once it is ready again, the first result decides, and it starts slowly where the pool does so.
   */
  readonly state?: OperatorState;
  /** 0 (no new sessions) to 256. */
  readonly weight?: number;
  /** Sessions at once for each of its addresses, 1 to 1,000,000,000. */
  readonly maxConnections?: number | "off";
}

/** What differs from the configuration, for as long as that says the same about it. */
export interface Override {
  readonly pool: string;
  readonly backend: string;
  /** Of a backend that was added at run time, and is in no configuration; or the other way round. */
  readonly membership: "added" | "removed" | null;
  /** Null where the configuration stands, here and below. */
  readonly state: OperatorState | null;
  readonly weight: number | null;
  readonly maxConnections: number | "off" | null;
  /** Who changed it last: what the caller has said, `api` by default. */
  readonly by: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** Who changes something: a name such as `api`, which is the default; or that and where it came from, `ip:port`. */
export type Actor = string | { readonly by: string; readonly client: string | null };

export const DEFAULT_ACTOR: Actor = "api";

/** An actor as audit lines have it. */
export function actorFields(actor: Actor): { readonly by: string; readonly client: string | null } {
  return typeof actor === "string" ? { by: actor, client: null } : { by: actor.by, client: actor.client };
}
