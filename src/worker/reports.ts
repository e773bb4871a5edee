// What the data plane of a worker reports: as messages, few of them however much there is to say.

import type { Clock } from "../clock.ts";
import type { LogConfig } from "../config/config.ts";
import { messageOf } from "../errors.ts";
import { accessLine, isAccessLogged, isProgressLogged } from "../observe/access.ts";
import { ignoredBy } from "../observe/access-ignored.ts";
import { createAlarm } from "../observe/alarm.ts";
import type { LogRing } from "../observe/ring.ts";
import type { EndReason } from "../session/end.ts";
import type { ProgressRecord, SessionRecord } from "../session/record.ts";
import type { FromWorker } from "./message.ts";
import type { PlaneReports } from "./plane.ts";
import type { Words } from "./words.ts";

/** What comes thousands of times a second is said at once, and then so often. The control plane has longer intervals. */
const INTERVAL_MS = 1_000;

export interface WorkerReportsOptions {
  readonly clock: Clock;
  readonly log: LogConfig | undefined;
  readonly ring: LogRing;
  readonly words: Words;
  readonly post: (message: FromWorker) => void;
}

/** To be closed, because some are held back. */
export interface WorkerReports extends PlaneReports {
  /** Says what has been held back. */
  close(): void;
}

export function createWorkerReports({ clock, log, ring, words, post }: WorkerReportsOptions): WorkerReports {
  const isDebug = (): boolean => words.logLevel === "debug" || words.logLevel === "trace";
  const isLogged = (end: EndReason): boolean => log !== undefined && isAccessLogged(end, log.access, words.logLevel);
  let stack: string | undefined;
  const failedDials = createAlarm(clock, INTERVAL_MS, (key) => {
    const [pool = "", ...name] = key.split("/");
    post({ kind: "dial-failed", pool, name: name.join("/") });
  });
  const shortage = createAlarm(clock, INTERVAL_MS, (code, count) => post({ kind: "short-of", code, count }));
  const fullTable = createAlarm(clock, INTERVAL_MS, (listener, count) => post({ kind: "table-full", listener, count }));
  const acceptFailure = createAlarm(clock, INTERVAL_MS, (code, count) => post({ kind: "accept-failed", code, count }));
  const bug = createAlarm(clock, INTERVAL_MS, (message, count) => post({ kind: "internal", message, stack, count }));

  const isIgnored = ignoredBy(log);
  const selected: WorkerReports["selected"] = ({ identity, addressText }, sessionId) =>
    post({ kind: "selected", identity, addressText, sessionId });
  function write(record: SessionRecord | ProgressRecord): void {
    if (isIgnored(record)) return;
    ring.put(accessLine(record, clock.wallMs()));
    if (ring.claimTelling()) post({ kind: "lines" });
  }

  return {
    wantsRecord: (end) => words.wantsRecords || isLogged(end),
    recorded(record) {
      if (isLogged(record.end)) write(record);
      if (words.wantsRecords) post({ kind: "record", record });
    },
    progressIntervalMs: log?.accessIntervalMs ?? Number.POSITIVE_INFINITY,
    progressed(record) {
      if (log !== undefined && isProgressLogged(log.access, words.logLevel)) write(record);
    },
    get selected() {
      return isDebug() ? selected : undefined;
    },
    // Names of pools have no slash.
    dialFailed: ({ name }, pool) => failedDials.raise(`${pool}/${name}`),
    ejected: ({ identity, addressText }, pool, error) => post({ kind: "ejected", identity, addressText, pool, error }),
    returned: ({ identity, addressText }, pool) => post({ kind: "returned", identity, addressText, pool }),
    shortOf: (code) => shortage.raise(code),
    tableFull: (listener) => fullTable.raise(listener),
    failedInternally(error) {
      if (isDebug() && error instanceof Error) stack = error.stack;
      bug.raise(messageOf(error));
    },
    acceptFailed: (_listener, code) => acceptFailure.raise(code),
    close() {
      for (const alarm of [failedDials, shortage, fullTable, acceptFailure, bug]) alarm.close();
    },
  };
}
