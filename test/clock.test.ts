import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { describe, it } from "node:test";
import { setTimeout as realTime } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { systemClock, systemRandom } from "../src/clock.ts";

const CLOCK_MODULE = new URL("../src/clock.js", import.meta.url).href;

describe("systemClock", () => {
  it("never goes back", () => {
    const readings = Array.from({ length: 1_000 }, () => systemClock.nowMs());
    assert.deepEqual(
      readings,
      readings.toSorted((one, other) => one - other),
    );
  });

  it("counts from one moment on in all threads", async () => {
    const program = `import { parentPort } from "node:worker_threads"; import { systemClock } from ${JSON.stringify(CLOCK_MODULE)};
      parentPort.postMessage(systemClock.nowMs());`;
    const before = systemClock.nowMs();
    // Long enough that a clock with a start of its own would be behind.
    await realTime(20);
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`));
    // Both asked for at once: the exit may come right behind the message.
    const [[there]] = await Promise.all([once(worker, "message"), once(worker, "exit")]);
    assert.ok(there >= before + 19 && there <= systemClock.nowMs(), `${there} after ${before}`);
  });

  it("tells the time of day in milliseconds since 1970", () => {
    // The day on which this was written, and the last one that ISO 8601 writes with four digits.
    assert.ok(systemClock.wallMs() > 1_767_225_600_000);
    assert.ok(systemClock.wallMs() < 253_402_300_800_000);
  });

  it("runs a timer once, and not before its time", async () => {
    const startMs = systemClock.nowMs();
    const ranMs: number[] = [];
    systemClock.setTimer(() => ranMs.push(systemClock.nowMs()), 5);
    while (ranMs.length === 0) await realTime(1);
    await realTime(10);
    assert.equal(ranMs.length, 1);
    // Node counts whole milliseconds, so it may be a fraction of one early.
    assert.ok((ranMs[0] ?? 0) - startMs >= 4);
  });

  it("does not run a timer that was cancelled, however often", async () => {
    let hasRun = false;
    const timer = systemClock.setTimer(() => {
      hasRun = true;
    }, 1);
    timer.cancel();
    timer.cancel();
    await realTime(5);
    assert.equal(hasRun, false);
  });

  it("does not run a timer at once that is longer than Node can count", async () => {
    let hasRun = false;
    const timer = systemClock.setTimer(() => {
      hasRun = true;
    }, 2 ** 40);
    await realTime(5);
    timer.cancel();
    assert.equal(hasRun, false);
  });

  it("keeps no process alive with a timer", () => {
    const program = `import { systemClock } from ${JSON.stringify(CLOCK_MODULE)}; systemClock.setTimer(() => {}, 2 ** 30);`;
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
      encoding: "utf8",
      timeout: 60_000,
    });
    assert.equal(status, 0, stderr);
  });
});

describe("systemRandom", () => {
  it("gives numbers from 0 up to and without 1, and not always the same", () => {
    const numbers = Array.from({ length: 1_000 }, () => systemRandom());
    assert.ok(numbers.every((number) => number >= 0 && number < 1));
    assert.ok(new Set(numbers).size > 1);
  });
});
