import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { logLevels } from "../../src/config/options.ts";
import { Words } from "../../src/worker/words.ts";

describe("Words", () => {
  it("are the same for all who share their memory, and false at first", () => {
    const control = new Words();
    const worker = new Words(control.memory);
    assert.deepEqual([worker.isStopped, worker.wantsRecords], [false, false]);
    control.wantsRecords = true;
    assert.deepEqual([worker.isStopped, worker.wantsRecords], [false, true]);
    control.isStopped = true;
    control.wantsRecords = false;
    assert.deepEqual([worker.isStopped, worker.wantsRecords], [true, false]);
    control.isStopped = false;
    assert.equal(worker.isStopped, false);
  });

  it("say what is logged", () => {
    const control = new Words();
    const worker = new Words(control.memory);
    for (const level of logLevels) {
      control.logLevel = level;
      assert.equal(worker.logLevel, level);
    }
  });
});
