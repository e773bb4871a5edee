// What the admin address is told: types and lists of words.

import type { OneOrMany } from "./route-options.ts";

export const metricsAccesses = ["open", "token"] as const;
/** Who may read /metrics: everybody who gets there, or whoever has the token. */
export type MetricsAccess = (typeof metricsAccesses)[number];

export const dashboardModes = ["read-write", "read-only", "off"] as const;
export type DashboardMode = (typeof dashboardModes)[number];

export const readyConditions = ["listening", "any-pool", "all-pools"] as const;
/** When /readyz says yes, beside listening and not draining: always; when a pool has a usable backend; when each has. */
export type ReadyWhen = (typeof readyConditions)[number];

export interface AdminOptions {
  /** `"127.0.0.1:8901"`, `"unix:/path"`; as a listener's. */
  readonly listen: OneOrMany<string>;
  /** The file that holds the token. Without one, nothing can be changed over TCP. */
  readonly tokenFile?: string;
  /** Default open. */
  readonly metrics?: MetricsAccess;
  /** Default read-write. */
  readonly dashboard?: DashboardMode;
  /** Default any-pool. */
  readonly readyWhen?: ReadyWhen;
}
