// Enters and leaves as fast as it can, and notes the most that were inside at once.

import { workerData } from "node:worker_threads";
import { Admission } from "../../src/session/admission.ts";

const TRIES = 20_000;
const [limit, memory, seen]: [number, SharedArrayBuffer, SharedArrayBuffer] = workerData;
const admission = new Admission(limit, memory);
const counts = new Int32Array(seen);

for (let count = 0; count < TRIES; count++) {
  if (!admission.enter(7)) continue;
  const inside = Atomics.add(counts, 0, 1) + 1;
  let most = Atomics.load(counts, 1);
  while (inside > most && Atomics.compareExchange(counts, 1, most, inside) !== most) most = Atomics.load(counts, 1);
  Atomics.sub(counts, 0, 1);
  admission.leave(7);
}
