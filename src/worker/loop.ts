// The event loop of a worker on the linux transport. It does not return to Node: no promise, no timer and no event of
// Node's runs in it.

import type { LinuxTransport } from "../transport/linux/transport.ts";
import type { TurnClock } from "./turn-clock.ts";
import type { Worker } from "./worker.ts";

/** A bell that was lost is found after so long. */
const LONGEST_WAIT_MS = 10_000;
/** What is left is reset at the end; a connection that is not gone after so many turns is closed with the process. */
const LAST_TURNS = 100;

export interface Loop {
  readonly clock: TurnClock;
  readonly transport: Pick<LinuxTransport, "turn">;
  readonly worker: Pick<Worker, "isStopped" | "isEmpty" | "leave">;
}

/** Returns when the worker is to stop. What is thrown in a turn is thrown on: it ends the worker. */
export function runLoop({ clock, transport, worker }: Loop): void {
  while (!worker.isStopped) {
    transport.turn(Math.min(clock.waitMs(), LONGEST_WAIT_MS));
    clock.runDue();
  }
  worker.leave();
  for (let turns = 0; turns < LAST_TURNS && !worker.isEmpty; turns++) transport.turn(0);
}
