// What health does to picks and to live sessions, as a library user writes it.

/** A backend that has returned, or was added, gets its share of the new sessions little by little. */
export interface SlowStartOptions {
  /** Until it has its whole weight. Milliseconds, 100 to 86,400,000. */
  readonly overMs: number;
  /** The part of its weight that it begins with. 0 to 1, default 0.1. */
  readonly from?: number;
}

/** What happens to the sessions of a backend that is drained or in maintenance. */
export interface OnDrainOptions {
  /** They are reset, as drained, so long after it began. Milliseconds, 0 to 2,073,600,000. */
  readonly afterMs: number;
}

export const onDownModes = ["keep", "close"] as const;
/** `keep`: sessions of a backend that probes have found down go on. `close`: they are reset, as backend-down. */
export type OnDown = (typeof onDownModes)[number];

export const onUpModes = ["keep", "close-backups"] as const;
/** `close-backups`: when another backend serves again, the sessions of backups are reset, as rebalanced. */
export type OnUp = (typeof onUpModes)[number];
