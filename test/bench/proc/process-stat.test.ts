import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { machineCpuS, processCpuS, residentBytes } from "../../../bench/proc/process-stat.ts";

describe("processCpuS", () => {
  it("adds user and system time, and that of children it has waited for", () => {
    const stat = "42 (nginx) S 1 42 42 0 -1 4194560 1 2 3 4 150 50 7 3 20 0 1 0 100 1 2\n";
    assert.equal(processCpuS(stat), 2.1);
  });

  it("is not confused by a name with parentheses and spaces", () => {
    const stat = "42 (a) R 9 (b c) S 1 42 42 0 -1 4194560 1 2 3 4 100 0 0 0 20 0 1 0 100 1 2\n";
    assert.equal(processCpuS(stat), 1);
  });

  it("throws at anything else", () => assert.throws(() => processCpuS("")));
});

describe("machineCpuS", () => {
  it("leaves out idle, waiting and stolen time", () => {
    assert.equal(machineCpuS("cpu  100 10 200 5000 700 20 30 900 0 0\ncpu0 1 1 1 1\n"), 3.6);
  });
});

describe("residentBytes", () => {
  it("reads VmRSS", () => assert.equal(residentBytes("Name:\tnode\nVmRSS:\t    2048 kB\n"), 2 * 2 ** 20));
  it("throws for a process that has ended", () => assert.throws(() => residentBytes("Name:\tnode\n"), /ended/));
});
