// What a data plane reports, turned into log lines, events, and what the pools must know.

import type { BackendRow } from "../backend/pool.ts";
import type { Clock } from "../clock.ts";
import { messageOf } from "../errors.ts";
import type { BackendEvent, Events } from "../observe/events.ts";
import type { Log } from "../observe/log.ts";
import type { PlaneReports } from "../worker/plane.ts";
import { createAlarm } from "./alarm.ts";
import type { Journal } from "./journal.ts";
import type { ControlPool } from "./pool.ts";

/** Descriptors or ports run out thousands of times a second or not at all: one line each so often. */
const ALARM_MS = 10_000;

/** Who is told. */
export interface ReportsOptions {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly events: Events;
  readonly announce: (event: Omit<BackendEvent, "at">) => void;
  readonly poolOf: (name: string) => Pick<ControlPool, "dialFailed" | "lost"> | undefined;
}

/** To be closed, because alarms hold lines back. */
export interface Reports extends PlaneReports {
  /** Says what the alarms have held back. */
  close(): void;
}

/** The reports of a data plane in this thread. */
export function createReports({ clock, journal, events, announce, poolOf }: ReportsOptions): Reports {
  const { log } = journal;
  const shortage = createAlarm(clock, ALARM_MS, (code, count) =>
    log.error("short-of", { code, count }, `This machine could not dial: ${code}; see lb-tcp explain local-resource`),
  );
  const acceptFailure = createAlarm(clock, ALARM_MS, (code, count) =>
    log.error("accept-failed", { code, count }, `Clients could not be accepted: ${code}`),
  );
  const bug = createAlarm(clock, ALARM_MS, (error, count) =>
    log.error("internal", { error, count }, "A session ended by a bug in lb-tcp or in a function it was given"),
  );
  return {
    wantsRecord: (end) => journal.wantsAccess(end) || events.hasListeners("session"),
    recorded(record) {
      if (journal.wantsAccess(record.end)) journal.access(record);
      events.emit("session", record);
    },
    selected: selectionLog(log),
    dialFailed: ({ name }, pool) => poolOf(pool)?.dialFailed(name),
    ejected(backend, pool, error) {
      announce(about("ejected", backend, pool, `dials failed: ${error}`));
      poolOf(pool)?.lost();
    },
    returned: (backend, pool) => announce(about("returned", backend, pool, "a dial succeeded")),
    shortOf: (code) => shortage.raise(code),
    failedInternally(error) {
      log.debug("internal", { error }, "Where it happened");
      bug.raise(messageOf(error));
    },
    acceptFailed: (_listener, code) => acceptFailure.raise(code),
    close() {
      for (const alarm of [shortage, acceptFailure, bug]) alarm.close();
    },
  };
}

/** Undefined where nobody reads it: it would cost each session a call. */
function selectionLog(log: Log): PlaneReports["selected"] {
  if (!log.isLevelEnabled("debug")) return undefined;
  return ({ identity, addressText }, id) =>
    log.debug("selected", { id, backend: identity, address: addressText }, "Selected backend");
}

function about(
  event: "ejected" | "returned",
  { identity, addressText }: BackendRow,
  pool: string,
  reason: string,
): Omit<BackendEvent, "at"> {
  return { event, pool, backend: identity, address: addressText, reason };
}
