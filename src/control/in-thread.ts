import type { SessionTable } from "../session/session-table.ts";
import type { Plane } from "../worker/plane.ts";
import { chosenBy } from "../worker/session-choice.ts";
import type { DataPlane } from "./data-plane.ts";

/** The plane in this thread, on the net transport. */
export function createInThread(plane: Plane, sessions: SessionTable): DataPlane {
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
    start: () => Promise.resolve(),
    apply: (snapshot) => plane.apply(snapshot),
    listen: (listener, address, dualStack) => plane.listen(listener, address, { dualStack }),
    stopAccepting() {
      plane.stopAccepting();
      return Promise.resolve();
    },
    abort: (end, which) => Promise.resolve(plane.abort(end, chosenBy(which))),
    whenEmpty: () => new Promise((resolve) => plane.whenEmpty(resolve)),
    // Its reports ask themselves.
    wantRecords() {},
    close: () => Promise.resolve(),
  };
}
