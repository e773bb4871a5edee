import type { SessionTable } from "../session/session-table.ts";
import type { Heart } from "../worker/heart.ts";
import type { Plane } from "../worker/plane.ts";
import type { Pulse } from "../worker/pulse.ts";
import { abortChosen } from "../worker/session-choice.ts";
import type { DataPlane } from "./data-plane.ts";
import { copyOf } from "./inherited-sockets.ts";
import { workerStats } from "./worker-stats.ts";

/** The plane in this thread, on the net transport. */
export function createInThread(plane: Plane, sessions: SessionTable, heart: Heart, pulse: Pulse): DataPlane {
  let lastDoor = 0;
  return {
    transport: "net",
    workers: 0,
    sessions: [sessions],
    get acknowledgedVersion() {
      return plane.version;
    },
    get sessionCount() {
      return plane.sessionCount;
    },
    start() {
      heart.start();
      return Promise.resolve();
    },
    apply: (snapshot) => plane.apply(snapshot),
    async listen(listener, address, dualStack, inherited) {
      lastDoor++;
      const id = lastDoor;
      const how = inherited === undefined ? { dualStack } : { dualStack, descriptor: copyOf(inherited) };
      return { id, address: await plane.listen(id, listener, address, how) };
    },
    assign: (door, listener) => plane.assign(door, listener),
    settled: () => Promise.resolve(),
    stopAccepting(doors) {
      plane.stopAccepting(doors);
      return Promise.resolve();
    },
    abort: (end, which) => Promise.resolve(abortChosen(plane, end, which)),
    whenEmpty: () => new Promise((resolve) => plane.whenEmpty(resolve)),
    // Its reports ask themselves.
    wantRecords() {},
    setLogLevel() {},
    workerStats: (nowMs) => [workerStats(0, plane.sessionCount, 0, pulse, nowMs)],
    close() {
      heart.stop();
      return Promise.resolve();
    },
  };
}
