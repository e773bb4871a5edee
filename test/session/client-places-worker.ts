// Counts clients that come and go as fast as it can, more of them than there are places for.

import { parentPort, workerData } from "node:worker_threads";
import { lockOwner } from "../../src/backend/lock.ts";
import { ClientPlaces } from "../../src/session/client-places.ts";
import { seededRandom } from "../support/random.ts";

/** What a thread is given. */
export interface ClientsTask {
  readonly memory: SharedArrayBuffer;
  readonly worker: number;
  readonly size: number;
  readonly limit: number;
  readonly keys: number;
  readonly rounds: number;
  /** By key: how many are inside, as all threads together know. */
  readonly inside: SharedArrayBuffer;
}

/** What it says in the end. */
export interface ClientsReport {
  /** The most that it ever saw of one client. */
  readonly most: number;
  readonly entered: number;
}

function hammer({ memory, worker, size, limit, keys, rounds, inside }: ClientsTask): ClientsReport {
  const places = new ClientPlaces(memory, 0, size, lockOwner(worker), 7);
  const counts = new Int32Array(inside);
  const random = seededRandom(worker);
  const held: { readonly place: number; readonly number: number }[] = [];
  let most = 0;
  let entered = 0;
  const leave = (): void => {
    const [first] = held.splice(Math.floor(random() * held.length), 1);
    if (first === undefined) return;
    Atomics.sub(counts, first.number, 1);
    places.leave(first.place);
  };
  for (let round = 0; round < rounds; round++) {
    const number = Math.floor(random() * keys);
    const key = Uint32Array.of(0, 0, 0xffff, number);
    const limits = { maxConnections: limit, ratePerSecond: Number.POSITIVE_INFINITY, burst: 1 };
    const place = places.enter(key, limits, 1_000 + round, false);
    if (place >= 0) {
      most = Math.max(most, Atomics.add(counts, number, 1) + 1);
      held.push({ place, number });
      entered++;
    }
    if (held.length > 12) leave();
  }
  while (held.length > 0) leave();
  return { most, entered };
}

parentPort?.postMessage(hammer(workerData));
