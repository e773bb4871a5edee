// Waits, wakes, tries and leaves as fast as it can, and checks what it sees.

import { parentPort, workerData } from "node:worker_threads";
import { Waiters } from "../../src/backend/waiters.ts";

/** What a thread is given. */
export interface WaitersTask {
  readonly memory: SharedArrayBuffer;
  readonly worker: number;
  readonly rounds: number;
}

/** What it says in the end. */
export interface WaitersReport {
  readonly problems: readonly string[];
  readonly entered: number;
  readonly left: number;
}

const LIMIT = 40;

function hammer({ memory, worker, rounds }: WaitersTask): WaitersReport {
  const waiters = new Waiters(memory, worker);
  const own = new Set<number>();
  const problems: string[] = [];
  let entered = 0;
  let left = 0;
  const leave = (slot: number): void => {
    // It may be kept waiting on a machine with few cores, and tries again.
    while (waiters.leave(slot) === "stuck");
    own.delete(slot);
    left++;
  };
  for (let round = 0; round < rounds; round++) {
    const slot = waiters.enter(LIMIT);
    if (slot >= 0) {
      if (own.has(slot)) problems.push(`slot ${slot} was given twice`);
      own.add(slot);
      entered++;
    }
    if (waiters.length > LIMIT + 2) problems.push(`${waiters.length} wait`);
    waiters.wake();
    for (const woken of waiters.takeWoken()) {
      if (!own.has(woken)) problems.push(`slot ${woken} is not its own`);
      else if (round % 3 === 0) waiters.again(woken);
      else leave(woken);
    }
    const [any] = own;
    if (round % 7 === 0 && any !== undefined) leave(any);
  }
  for (const slot of own) leave(slot);
  waiters.takeWoken();
  return { problems, entered, left };
}

parentPort?.postMessage(hammer(workerData));
