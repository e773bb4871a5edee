// What a data plane reports, turned into log lines, events, and what the pools must know.

import type { BackendRow } from "../backend/pool.ts";
import type { Clock } from "../clock.ts";
import { messageOf } from "../errors.ts";
import { createAlarm } from "../observe/alarm.ts";
import type { BackendEvent, Events } from "../observe/events.ts";
import type { SessionRecord } from "../session/record.ts";
import type { PlaneReports } from "../worker/plane.ts";
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
  readonly poolOf: (name: string) => Pick<ControlPool, "cameBack" | "dialFailed" | "lost"> | undefined;
}

/** To be closed, because alarms hold lines back. The names of a backend are all that they need of it. */
export interface Reports extends PlaneReports {
  readonly selected: ((backend: Pick<BackendRow, "identity" | "addressText">, sessionId: string) => void) | undefined;
  dialFailed(backend: Pick<BackendRow, "name">, pool: string): void;
  ejected(backend: Pick<BackendRow, "identity" | "addressText">, pool: string, error: string): void;
  returned(backend: Pick<BackendRow, "identity" | "addressText">, pool: string): void;
  /** @param count how often since it was said last, here and below; 1 by default. */
  shortOf(code: string, count?: number): void;
  tableFull(listener: string, count?: number): void;
  failedInternally(error: unknown, count?: number): void;
  acceptFailed(listener: string, code: string, count?: number): void;
  /** A record whose access line has been written by the worker. */
  announced(record: SessionRecord): void;
  /** Says what the alarms have held back. */
  close(): void;
}

/** The reports of a data plane in this thread. */
export function createReports({ clock, journal, events, announce, poolOf }: ReportsOptions): Reports {
  const { log } = journal;
  const shortage = createAlarm(clock, ALARM_MS, (code, count) =>
    log.error("short-of", { code, count }, `This machine could not dial: ${code}; see lb-tcp explain local-resource`),
  );
  const fullTable = createAlarm(clock, ALARM_MS, (listener, count) =>
    log.warn(
      "client-table-full",
      { listener, count },
      `Listener ${listener} has more clients at once than the table-size of its per-client limits: ${count} were counted by /24 or /48`,
    ),
  );
  const acceptFailure = createAlarm(clock, ALARM_MS, (code, count) =>
    log.error("accept-failed", { code, count }, `Clients could not be accepted: ${code}`),
  );
  const bug = createAlarm(clock, ALARM_MS, (error, count) =>
    log.error("internal", { error, count }, "A session ended by a bug in lb-tcp or in a function it was given"),
  );
  const selected: Reports["selected"] = ({ identity, addressText }, id) =>
    log.debug("selected", { id, backend: identity, address: addressText }, "Selected backend");
  return {
    wantsRecord: (end) => journal.wantsAccess(end) || events.hasListeners("session"),
    recorded(record) {
      if (journal.wantsAccess(record.end)) journal.access(record);
      events.emit("session", record);
    },
    progressIntervalMs: journal.progressIntervalMs,
    progressed(record) {
      if (journal.wantsProgress()) journal.access(record);
    },
    announced: (record) => events.emit("session", record),
    get selected() {
      return log.isLevelEnabled("debug") ? selected : undefined;
    },
    dialFailed: ({ name }, pool) => poolOf(pool)?.dialFailed(name),
    ejected(backend, pool, error) {
      announce(about("ejected", backend, pool, `dials failed: ${error}`));
      poolOf(pool)?.lost();
    },
    returned(backend, pool) {
      announce(about("returned", backend, pool, "a dial succeeded"));
      poolOf(pool)?.cameBack(backend.identity);
    },
    shortOf: (code, count) => shortage.raise(code, count),
    tableFull: (listener, count) => fullTable.raise(listener, count),
    failedInternally(error, count) {
      log.debug("internal", { error }, "Where it happened");
      bug.raise(messageOf(error), count);
    },
    acceptFailed: (_listener, code, count) => acceptFailure.raise(code, count),
    close() {
      for (const alarm of [shortage, fullTable, acceptFailure, bug]) alarm.close();
    },
  };
}

function about(
  event: "ejected" | "returned",
  { identity, addressText }: Pick<BackendRow, "identity" | "addressText">,
  pool: string,
  reason: string,
): Omit<BackendEvent, "at"> {
  return { event, pool, backend: identity, address: addressText, reason };
}
