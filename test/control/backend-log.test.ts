import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { logBackendEvent } from "../../src/control/backend-log.ts";
import type { BackendEvent } from "../../src/observe/events.ts";
import { createRecordedLog, type RecordedLine } from "./recorded-log.ts";

function lineOf(event: BackendEvent["event"], address: string | null, reason: string): RecordedLine | undefined {
  const log = createRecordedLog();
  logBackendEvent(log, { event, pool: "web", backend: "web/a", address, reason });
  assert.equal(log.lines.length, 1);
  return log.lines[0];
}

describe("logBackendEvent", () => {
  const cases: readonly (readonly [BackendEvent["event"], reason: string, level: string, message: string])[] = [
    ["up", "probe: ok", "info", "Backend web/a at 10.0.0.1:80 is up (probe: ok)"],
    ["down", "probe: timeout", "warn", "Backend web/a at 10.0.0.1:80 is down (probe: timeout)"],
    [
      "ejected",
      "dials failed: ECONNREFUSED",
      "warn",
      "Backend web/a at 10.0.0.1:80 is out of rotation: dials to it failed (dials failed: ECONNREFUSED)",
    ],
    ["returned", "a dial succeeded", "info", "Backend web/a at 10.0.0.1:80 is back in rotation (a dial succeeded)"],
    ["added", "at run time", "info", "Backend web/a at 10.0.0.1:80 was added (at run time)"],
    ["removed", "at run time", "info", "Backend web/a at 10.0.0.1:80 was removed: no new sessions (at run time)"],
  ];
  for (const [event, reason, level, message] of cases) {
    it(`says ${event} as ${level}`, () => {
      const fields = { pool: "web", backend: "web/a", address: "10.0.0.1:80", reason };
      assert.deepEqual(lineOf(event, "10.0.0.1:80", reason), { level, event, fields, message });
    });
  }

  it("names no address where there is none", () => {
    const reason = '"a" does not resolve (ENOTFOUND)';
    assert.equal(lineOf("down", null, reason)?.message, `Backend web/a is down (${reason})`);
  });
});
