import { accessLine } from "../../src/observe/access.ts";
import { createRingMemory, LogRing } from "../../src/observe/ring.ts";
import type { SessionRecord } from "../../src/session/record.ts";
import { type Costs, nanosecondsEach } from "./stopwatch.ts";

/** Lines that the control plane takes at once. */
const BATCH = 100;
const WALL_MS = 1_767_225_600_000;

const record: SessionRecord = {
  id: "k3-1f",
  listener: "web",
  local: "10.0.0.1:80",
  client: "192.0.2.7:51234",
  peer: null,
  pool: "default",
  backend: "default/a",
  backendAddress: "10.1.2.3:8080",
  attempts: 1,
  failed: [],
  protocol: null,
  host: null,
  method: null,
  path: null,
  sni: null,
  alpn: null,
  status: null,
  peekMs: null,
  queueMs: null,
  dialMs: 0.8,
  firstByteMs: 3.2,
  durationMs: 1250,
  bytesUp: 1234,
  bytesDown: 3_565_158,
  end: "client-finished",
  error: null,
  active: { process: 12, listener: 11, backend: 4 },
  worker: 0,
};

/** What the access log costs a session on the data path, and the control plane for each line. */
export function measureRing(): Costs {
  const ring = new LogRing(createRingMemory());
  const line = accessLine(record, WALL_MS);
  return {
    "access line": nanosecondsEach((index) => void accessLine(record, WALL_MS + index)),
    "ring, put, and a share of taking": nanosecondsEach((index) => {
      ring.put(line);
      if (index % BATCH === 0) ring.take();
    }),
    "access line into the ring": nanosecondsEach((index) => {
      ring.put(accessLine(record, WALL_MS + index));
      if (index % BATCH === 0) ring.take();
    }),
  };
}
