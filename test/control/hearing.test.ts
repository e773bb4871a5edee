import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createHearing } from "../../src/control/hearing.ts";
import type { Reports } from "../../src/control/reports.ts";
import type { Report } from "../../src/worker/message.ts";
import { plainRecord } from "../observe/records.ts";

/** Notes each call by its name and what it was given. */
function createWorld() {
  const heard: unknown[][] = [];
  const note =
    (name: string) =>
    (...given: unknown[]): void =>
      void heard.push([name, ...given.filter((each) => each !== undefined)]);
  const reports: Reports = {
    wantsRecord: () => assert.fail("the worker has decided"),
    recorded: () => assert.fail("the worker has written the line"),
    progressIntervalMs: Number.POSITIVE_INFINITY,
    progressed: () => assert.fail("the worker has written the line"),
    announced: note("announced"),
    selected: ({ identity }, id) => void heard.push(["selected", identity, id]),
    dialFailed: ({ name }, pool) => void heard.push(["dialFailed", name, pool]),
    ejected: ({ identity }, pool, error) => void heard.push(["ejected", identity, pool, error]),
    returned: ({ identity }, pool) => void heard.push(["returned", identity, pool]),
    shortOf: note("shortOf"),
    tableFull: note("tableFull"),
    failedInternally: note("failedInternally"),
    acceptFailed: note("acceptFailed"),
    close() {},
  };
  return { heard, hear: createHearing(reports, note("lines")) };
}

const NAMES = { identity: "web/a", addressText: "10.0.0.1:80" };

describe("createHearing", () => {
  const cases: readonly (readonly [Report, readonly unknown[]])[] = [
    [{ kind: "lines" }, ["lines"]],
    [{ kind: "record", record: plainRecord }, ["announced", plainRecord]],
    [{ kind: "selected", ...NAMES, sessionId: "id" }, ["selected", "web/a", "id"]],
    [{ kind: "dial-failed", name: "a", pool: "web" }, ["dialFailed", "a", "web"]],
    [{ kind: "ejected", ...NAMES, pool: "web", error: "ECONNREFUSED" }, ["ejected", "web/a", "web", "ECONNREFUSED"]],
    [{ kind: "returned", ...NAMES, pool: "web" }, ["returned", "web/a", "web"]],
    [{ kind: "short-of", code: "EMFILE", count: 3 }, ["shortOf", "EMFILE", 3]],
    [{ kind: "table-full", listener: "web", count: 5 }, ["tableFull", "web", 5]],
    [{ kind: "accept-failed", code: "EMFILE", count: 4 }, ["acceptFailed", "", "EMFILE", 4]],
  ];
  for (const [report, expected] of cases) {
    it(`passes ${report.kind} on`, () => {
      const { hear, heard } = createWorld();
      hear(report);
      assert.deepEqual(heard, [expected]);
    });
  }

  it("makes a bug of a worker an error with the stack of the place where it happened", () => {
    const { hear, heard } = createWorld();
    hear({ kind: "internal", message: "bug", stack: "there", count: 2 });
    const [[, error, count] = []] = heard;
    assert.ok(error instanceof Error);
    assert.deepEqual([error.message, error.stack, count], ["bug", "there", 2]);
  });
});
