// A worker thread of ring.test.ts: puts numbered lines as fast as it can and reports how many fitted.

import { parentPort, workerData } from "node:worker_threads";
import { LogRing } from "../../src/observe/ring.ts";

export interface ProducerData {
  readonly memory: SharedArrayBuffer;
  readonly lineCount: number;
}

const { memory, lineCount }: ProducerData = workerData;
const ring = new LogRing(memory);
let fitted = 0;
for (let index = 0; index < lineCount; index++) {
  if (ring.put(`${index} ${"é".repeat(index % 50)}\n`)) fitted += 1;
}
parentPort?.postMessage(fitted);
