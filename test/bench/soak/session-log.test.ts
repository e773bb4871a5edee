import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SessionLog } from "../../../bench/soak/session-log.ts";
import { accessLine } from "../../../src/observe/access.ts";
import { plainRecord } from "../../observe/records.ts";

describe("SessionLog", () => {
  it("counts sessions by their end, in whatever pieces they come", () => {
    const text =
      accessLine(plainRecord, 0) +
      accessLine({ ...plainRecord, end: "backend-reset", active: { process: 3, listener: 3, backend: 0 } }, 0);
    const log = new SessionLog();
    for (const character of text) log.add(character);
    assert.deepEqual(log.ends, { "client-finished": 1, "backend-reset": 1 });
    assert.equal(log.count, 2);
    assert.equal(log.lastActive, 3);
  });

  it("keeps warnings that are not about backends coming and going", () => {
    const log = new SessionLog();
    log.add(
      '{"level":"warn","event":"ejected"}\n{"level":"info","event":"listening"}\n{"level":"error","event":"worker-exit"}\n',
    );
    assert.deepEqual(log.remarks, ['{"level":"error","event":"worker-exit"}']);
  });
});
