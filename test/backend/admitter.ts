// A thread that admits and releases as fast as it can.

import { parentPort, workerData } from "node:worker_threads";
import { BackendTable } from "../../src/backend/table.ts";

/** What a thread is given. */
export interface AdmitterTask {
  readonly memory: SharedArrayBuffer;
  readonly row: number;
  readonly limit: number;
  readonly rounds: number;
}

/** What it says in the end. */
export interface AdmitterReport {
  /** The most sessions that it ever saw. */
  readonly most: number;
  /** Those it still holds. */
  readonly held: number;
}

function hammer({ memory, row, limit, rounds }: AdmitterTask): AdmitterReport {
  const table = new BackendTable(memory);
  let held = 0;
  let most = 0;
  for (let round = 0; round < rounds; round++) {
    if (table.admit(row)) held++;
    most = Math.max(most, Atomics.load(table.active, row));
    // Each gives back so often that the row is full most of the time and never for long.
    if (held > limit / 2) {
      table.release(row);
      held--;
    }
  }
  return { most, held };
}

parentPort?.postMessage(hammer(workerData));
