// Counts under a lock, without atomics, as fast as it can.

import { workerData } from "node:worker_threads";
import { lockOwner, releaseLock, takeLock } from "../../src/backend/lock.ts";

const ROUNDS = 20_000;
const [worker, memory]: [number, SharedArrayBuffer] = workerData;
const words = new Int32Array(memory);
let inside = 0;

for (let round = 0; round < ROUNDS; ) {
  if (!takeLock(words, 0, lockOwner(worker))) continue;
  const before = words[1] ?? 0;
  inside++;
  words[1] = before + 1;
  if (words[1] !== before + 1 || inside !== 1) words[2] = 1;
  inside--;
  releaseLock(words, 0);
  round++;
}
