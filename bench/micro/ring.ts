import { accessLine } from "../../src/observe/access.ts";
import { createRingMemory, LogRing } from "../../src/observe/ring.ts";
import { plainRecord } from "../../test/observe/records.ts";
import { type Costs, nanosecondsEach } from "./stopwatch.ts";

/** Lines that the control plane takes at once. */
const BATCH = 100;
const WALL_MS = 1_767_225_600_000;

/** What the access log costs a session on the data path, and the control plane for each line. */
export function measureRing(): Costs {
  const ring = new LogRing(createRingMemory());
  const line = accessLine(plainRecord, WALL_MS);
  return {
    "access line": nanosecondsEach((index) => void accessLine(plainRecord, WALL_MS + index)),
    "ring, put, and a share of taking": nanosecondsEach((index) => {
      ring.put(line);
      if (index % BATCH === 0) ring.take();
    }),
    "access line into the ring": nanosecondsEach((index) => {
      ring.put(accessLine(plainRecord, WALL_MS + index));
      if (index % BATCH === 0) ring.take();
    }),
  };
}
