import assert from "node:assert/strict";
import { describe } from "node:test";
import { Worker } from "node:worker_threads";
import { closeBell, openBell, ringBell, silenceBell } from "../../../src/transport/linux/bell.ts";
import { failing } from "./faults.ts";
import { linuxIt, stageIt } from "./stage.ts";

const EMFILE = 24;
const MODULE = new URL("../../../src/transport/linux/bell.js", import.meta.url).href;
const RING = `import("${MODULE}").then(({ ringBell }) => ringBell(require("worker_threads").workerData))`;

describe("a bell", () => {
  stageIt("calls back once in the turn after it rang, however often that was", (stage) => {
    const bell = openBell();
    let rings = 0;
    stage.transport.watchBell(bell, () => rings++);
    for (let time = 0; time < 3; time++) ringBell(bell);
    stage.settle();
    assert.equal(rings, 1);
    ringBell(bell);
    stage.settle();
    assert.equal(rings, 2);
    closeBell(bell);
  });

  stageIt("wakes a loop that waits, from another thread", async (stage) => {
    const bell = openBell();
    let rings = 0;
    stage.transport.watchBell(bell, () => rings++);
    const worker = new Worker(RING, { eval: true, workerData: bell });
    stage.until(() => rings > 0, "the other thread");
    await new Promise((resolve) => worker.once("exit", resolve));
    closeBell(bell);
  });

  linuxIt("can be silenced without having rung", () => {
    const bell = openBell();
    silenceBell(bell);
    closeBell(bell);
  });

  linuxIt("can't be had where descriptors have run out", () => {
    failing("eventfd", EMFILE, () => assert.throws(openBell, { code: "EMFILE" }));
  });
});
