import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createReports, type Reports } from "../../src/control/reports.ts";
import { type BackendEvent, createEvents, type Events } from "../../src/observe/events.ts";
import type { EndReason } from "../../src/session/end.ts";
import type { ProgressRecord, SessionRecord } from "../../src/session/record.ts";
import { backendRow } from "../backend/pool-snapshot.ts";
import { plainRecord } from "../observe/records.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";
import { createRecordedLog, type RecordedLog } from "./recorded-log.ts";

interface World {
  readonly clock: FakeClock;
  readonly log: RecordedLog;
  readonly events: Events;
  readonly reports: Reports;
  /** The access lines. */
  readonly accessed: readonly (SessionRecord | ProgressRecord)[];
  readonly announced: readonly Omit<BackendEvent, "at">[];
  /** What the pool "web" was told. */
  readonly told: readonly string[];
}

/** Access lines are written for the ends in `logged`. */
function createWorld(logged: readonly EndReason[] = [], isDebug = true): World {
  const clock = createFakeClock();
  const log: RecordedLog = { ...createRecordedLog(), isLevelEnabled: () => isDebug };
  const events = createEvents();
  const accessed: (SessionRecord | ProgressRecord)[] = [];
  const announced: Omit<BackendEvent, "at">[] = [];
  const told: string[] = [];
  const pool = {
    dialFailed: (name: string) => told.push(`dial failed: ${name}`),
    lost: () => told.push("lost"),
    cameBack: (identity: string) => told.push(`came back: ${identity}`),
  };
  const reports = createReports({
    clock,
    events,
    journal: {
      log,
      level: "info",
      wantsAccess: (end) => logged.includes(end),
      progressIntervalMs: 60_000,
      wantsProgress: () => isDebug,
      access: (record) => accessed.push(record),
      follow: () => () => {},
      reopen() {},
      droppedCount: 0,
      close: () => Promise.resolve(),
    },
    announce: (event) => announced.push(event),
    poolOf: (name) => (name === "web" ? pool : undefined),
  });
  return { clock, log, events, reports, accessed, announced, told };
}

const backend = backendRow(3);

describe("createReports", () => {
  it("wants a record where somebody reads it: the access log, or a listener", () => {
    const { reports, events } = createWorld(["backend-reset"]);
    assert.equal(reports.wantsRecord("backend-reset"), true);
    assert.equal(reports.wantsRecord("client-finished"), false);
    events.on("session", () => {});
    assert.equal(reports.wantsRecord("client-finished"), true);
  });

  it("only announces a record whose line a worker has written", () => {
    const { reports, events, accessed } = createWorld(["client-finished"]);
    const heard: SessionRecord[] = [];
    events.on("session", (record) => heard.push(record));
    reports.announced(plainRecord);
    assert.deepEqual([heard, accessed], [[plainRecord], []]);
  });

  it("hands a record to each of those who read it", () => {
    const { reports, events, accessed } = createWorld(["client-finished"]);
    const heard: SessionRecord[] = [];
    events.on("session", (record) => heard.push(record));
    const silent: SessionRecord = { ...plainRecord, end: "client-gone" };
    reports.recorded(plainRecord);
    reports.recorded(silent);
    assert.deepEqual(accessed, [plainRecord]);
    assert.deepEqual(heard, [plainRecord, silent]);
  });

  it("logs each selection at debug, and costs nothing otherwise", () => {
    const { reports, log } = createWorld();
    reports.selected?.(backend, "k3-1");
    assert.deepEqual(log.lines, [
      {
        level: "debug",
        event: "selected",
        fields: { id: "k3-1", backend: "web/b3", address: "10.0.0.3:80" },
        message: "Selected backend",
      },
    ]);
    assert.equal(createWorld([], false).reports.selected, undefined);
  });

  it("announces an ejection with its reason, and tells the pool that somebody is lost", () => {
    const { reports, announced, told } = createWorld();
    reports.ejected(backend, "web", "ECONNREFUSED");
    assert.deepEqual(announced, [
      {
        event: "ejected",
        pool: "web",
        backend: "web/b3",
        address: "10.0.0.3:80",
        reason: "dials failed: ECONNREFUSED",
      },
    ]);
    assert.deepEqual(told, ["lost"]);
  });

  it("announces a return", () => {
    const { reports, announced, told } = createWorld();
    reports.returned(backend, "web");
    assert.deepEqual(told, ["came back: web/b3"]);
    assert.deepEqual(announced, [
      { event: "returned", pool: "web", backend: "web/b3", address: "10.0.0.3:80", reason: "a dial succeeded" },
    ]);
  });

  it("tells the pool of a failed dial, so that names are looked up", () => {
    const { reports, told } = createWorld();
    reports.dialFailed(backend, "web");
    reports.dialFailed(backend, "removed meanwhile");
    assert.deepEqual(told, ["dial failed: b3"]);
  });

  it("raises an alarm for what this machine is short of, what it could not accept, and our own mistakes", () => {
    const { reports, log, clock } = createWorld();
    for (let times = 0; times < 3; times++) {
      reports.shortOf("EMFILE");
      reports.acceptFailed("web", "ENFILE");
      reports.failedInternally(new TypeError("undefined is not a function"));
    }
    clock.advance(10_000);
    const errors = log.lines.filter(({ level }) => level === "error").map(({ event, fields }) => [event, fields]);
    assert.deepEqual(errors, [
      ["short-of", { code: "EMFILE", count: 1 }],
      ["accept-failed", { code: "ENFILE", count: 1 }],
      ["internal", { error: "undefined is not a function", count: 1 }],
      ["short-of", { code: "EMFILE", count: 2 }],
      ["accept-failed", { code: "ENFILE", count: 2 }],
      ["internal", { error: "undefined is not a function", count: 2 }],
    ]);
  });

  it("shows at debug where a mistake of ours happened", () => {
    const { reports, log } = createWorld();
    const error = new TypeError("undefined is not a function");
    reports.failedInternally(error);
    assert.equal(log.lines.find(({ level }) => level === "debug")?.fields["error"], error);
  });

  it("says the rest when it is closed", () => {
    const { reports, log, clock } = createWorld();
    for (let times = 0; times < 3; times++) reports.shortOf("EMFILE");
    reports.close();
    assert.deepEqual(
      log.of("short-of").map(({ fields }) => fields["count"]),
      [1, 2],
    );
    assert.equal(clock.pendingTimers, 0);
  });
});
