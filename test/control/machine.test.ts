import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { thisMachine } from "../../src/control/machine.ts";

describe("thisMachine", () => {
  it("is the one that this test runs on", () => {
    const { platform, arch, nodeVersion } = thisMachine;
    assert.deepEqual([platform, arch, `v${nodeVersion}`], [process.platform, process.arch, process.version]);
    assert.ok(thisMachine.cores() >= 1);
  });

  it("says in words why the linux transport does not work, and never throws", () => {
    const reason = thisMachine.whyNotLinux();
    assert.ok(reason === undefined || /^[^\n]+$/.test(reason));
  });
});
