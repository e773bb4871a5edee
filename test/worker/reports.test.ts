import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { LogConfig } from "../../src/config/config.ts";
import { createRingMemory, LogRing } from "../../src/observe/ring.ts";
import type { FromWorker } from "../../src/worker/message.ts";
import { createWorkerReports } from "../../src/worker/reports.ts";
import { Words } from "../../src/worker/words.ts";
import { backendRow } from "../backend/pool-snapshot.ts";
import { plainRecord } from "../observe/records.ts";
import { createFakeClock } from "../support/fake-clock.ts";

const LOG: LogConfig = {
  level: "info",
  format: "json",
  output: "stdout",
  access: "errors",
  ignore: { empty: false, clients: [] },
  accessIntervalMs: 60_000,
};

function createWorld(config: LogConfig | "off" = LOG) {
  const log = config === "off" ? undefined : config;
  const clock = createFakeClock();
  const words = new Words();
  words.logLevel = log?.level ?? "silent";
  const ring = new LogRing(createRingMemory());
  const posted: FromWorker[] = [];
  const reports = createWorkerReports({ clock, log, ring, words, post: (message) => posted.push(message) });
  return { clock, words, ring, posted, reports };
}

const backend = backendRow(3);
const failed = { ...plainRecord, end: "idle-timeout" } as const;

describe("createWorkerReports", () => {
  it("wants a record where the access log or a listener does", () => {
    const { reports, words } = createWorld();
    assert.deepEqual([reports.wantsRecord("idle-timeout"), reports.wantsRecord("client-finished")], [true, false]);
    words.wantsRecords = true;
    assert.equal(reports.wantsRecord("client-finished"), true);
    assert.equal(createWorld("off").reports.wantsRecord("idle-timeout"), false);
  });

  it("writes lines itself, and says so once until somebody has taken them", () => {
    const { reports, ring, posted } = createWorld();
    for (let count = 0; count < 3; count++) reports.recorded(failed);
    reports.recorded(plainRecord);
    assert.deepEqual(posted, [{ kind: "lines" }]);
    assert.equal(ring.take()?.toString().split("\n").length, 4);
    reports.recorded(failed);
    assert.equal(posted.length, 1);
    ring.idle();
    reports.recorded(failed);
    assert.equal(posted.length, 2);
  });

  it("obeys the level as it is now, access lines and debugging included", () => {
    const { reports, words, ring, posted } = createWorld();
    words.logLevel = "error";
    assert.equal(reports.wantsRecord("idle-timeout"), false);
    reports.recorded(failed);
    assert.equal(ring.take(), undefined);
    const select = (): void => reports.selected?.(backend, "id");
    select();
    words.logLevel = "debug";
    assert.equal(reports.wantsRecord("idle-timeout"), true);
    select();
    const { identity, addressText } = backend;
    assert.deepEqual(posted, [{ kind: "selected", identity, addressText, sessionId: "id" }]);
  });

  it("writes a line of a session that goes on, where all sessions get one and the level lets it through", () => {
    const going = { ...plainRecord, end: null };
    const { reports, ring, words } = createWorld({ ...LOG, access: "all" });
    assert.equal(reports.progressIntervalMs, 60_000);
    reports.progressed(going);
    assert.match(ring.take()?.toString() ?? "", /"event":"progress".*"end":null/);
    words.logLevel = "warn";
    reports.progressed(going);
    const errorsOnly = createWorld();
    errorsOnly.reports.progressed(going);
    const silent = createWorld("off");
    assert.equal(silent.reports.progressIntervalMs, Number.POSITIVE_INFINITY);
    silent.reports.progressed(going);
    assert.deepEqual([ring.take(), errorsOnly.ring.take(), silent.ring.take()], [undefined, undefined, undefined]);
  });

  it("posts a record to whoever listens", () => {
    const { reports, words, posted } = createWorld("off");
    reports.recorded(plainRecord);
    words.wantsRecords = true;
    reports.recorded(plainRecord);
    assert.deepEqual(posted, [{ kind: "record", record: plainRecord }]);
  });

  it("says what comes in thousands at once, and then once a second how often it came", () => {
    const { reports, clock, posted } = createWorld();
    for (let count = 0; count < 1_000; count++) {
      reports.dialFailed(backend, "web");
      reports.shortOf("EMFILE");
      reports.acceptFailed("front", "ENFILE");
      reports.failedInternally(new Error("bug"));
    }
    const first = [
      { kind: "dial-failed", pool: "web", name: backend.name },
      { kind: "short-of", code: "EMFILE", count: 1 },
      { kind: "accept-failed", code: "ENFILE", count: 1 },
      { kind: "internal", message: "bug", stack: undefined, count: 1 },
    ];
    assert.deepEqual(posted, first);
    clock.advance(1_000);
    assert.deepEqual(posted.slice(4), [
      first[0],
      { kind: "short-of", code: "EMFILE", count: 999 },
      { kind: "accept-failed", code: "ENFILE", count: 999 },
      { kind: "internal", message: "bug", stack: undefined, count: 999 },
    ]);
    reports.shortOf("EMFILE");
    reports.close();
    assert.deepEqual(posted.at(-1), { kind: "short-of", code: "EMFILE", count: 1 });
    assert.equal(clock.pendingTimers, 0);
  });

  it("finds the pool of a backend whose name has a slash", () => {
    const { reports, posted } = createWorld();
    reports.dialFailed({ ...backend, name: "unix:/run/a.sock" }, "web");
    assert.deepEqual(posted, [{ kind: "dial-failed", pool: "web", name: "unix:/run/a.sock" }]);
  });

  it("says each change of a backend, and with debug each pick and where a bug is", () => {
    const { identity, addressText } = backend;
    const { reports, posted } = createWorld({ ...LOG, level: "debug" });
    reports.ejected(backend, "web", "ECONNREFUSED");
    reports.returned(backend, "web");
    reports.selected?.(backend, "id");
    const bug = new Error("bug");
    reports.failedInternally(bug);
    assert.deepEqual(posted, [
      { kind: "ejected", identity, addressText, pool: "web", error: "ECONNREFUSED" },
      { kind: "returned", identity, addressText, pool: "web" },
      { kind: "selected", identity, addressText, sessionId: "id" },
      { kind: "internal", message: "bug", stack: bug.stack, count: 1 },
    ]);
    assert.equal(createWorld().reports.selected, undefined);
  });
});
