// The event loop of a worker on the linux transport. It does not return to Node: no promise, no timer and no event of
// Node's runs in it.

import type { TurnClock } from "./turn-clock.ts";

/** A bell that was lost is found after so long. */
const LONGEST_WAIT_MS = 10_000;
/** What is left is reset at the end; a connection that is not gone after so many turns is closed with the process. */
const LAST_TURNS = 100;

export interface Loop {
  readonly clock: TurnClock;
  /** Waits for events for at most so long, and handles them. */
  turn(maxWaitMs: number): void;
  isStopped(): boolean;
  /** Resets what is left. */
  leave(): void;
  /** Whether anything is left. */
  isEmpty(): boolean;
}

/** Returns when it is told to stop. What is thrown in a turn is thrown on: it ends the worker. */
export function runLoop({ clock, turn, isStopped, leave, isEmpty }: Loop): void {
  while (!isStopped()) {
    turn(Math.min(clock.waitMs(), LONGEST_WAIT_MS));
    clock.runDue();
  }
  leave();
  for (let turns = 0; turns < LAST_TURNS && !isEmpty(); turns++) turn(0);
}
