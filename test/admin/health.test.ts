import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { allHold, healthText, isDrainingIn, liveConditions, readyConditions } from "../../src/admin/health.ts";
import type { Stats } from "../../src/control/stats.ts";

function worker(heartbeatAgeMs: number): Stats["workers"][number] {
  return { worker: 0, active: 0, restarts: 0, loopLagMs: 0, heartbeatAgeMs };
}

function pools(...usable: readonly number[]): Stats["pools"] {
  const histogram = { buckets: [], sumMs: 0, count: 0 };
  const histograms = { dial: histogram, firstByte: histogram, session: histogram, queue: histogram };
  return usable.map((count, index) => ({
    name: `pool-${index}`,
    usable: count,
    panic: false,
    retries: 0,
    queueLength: 0,
    histograms,
    backends: [],
  }));
}

describe("liveConditions", () => {
  const cases: readonly (readonly [string, Stats["state"], readonly number[], boolean])[] = [
    ["lives while each worker beats", "running", [900, 9_999], true],
    ["does not with one that has not for 10 s", "running", [900, 10_000], false],
    ["lives while it stops", "closing", [900], true],
    ["lives before it has begun, when no worker can beat", "starting", [60_000], true],
    ["lives when it has closed", "closed", [60_000], true],
  ];
  for (const [title, state, ages, expected] of cases) {
    it(title, () => assert.equal(allHold(liveConditions({ state, workers: ages.map(worker) })), expected));
  }
});

describe("readyConditions", () => {
  const cases: readonly (readonly [string, Stats["state"], readonly number[], string])[] = [
    ["is ready under all conditions where every pool has a usable backend", "running", [1, 2], "111"],
    ["is ready for any-pool where one has", "running", [0, 2], "110"],
    ["is ready for listening where none has", "running", [0, 0], "100"],
    ["is not before it listens", "starting", [1], "000"],
    ["is not from the signal on", "closing", [1], "000"],
    ["is not when it has closed", "closed", [1], "000"],
  ];
  for (const [title, state, usable, expected] of cases) {
    it(title, () => {
      const found = (["listening", "any-pool", "all-pools"] as const).map((readyWhen) =>
        allHold(readyConditions({ state, pools: pools(...usable) }, readyWhen)) ? "1" : "0",
      );
      assert.equal(found.join(""), expected);
    });
  }

  it("calls the shutdown delay draining", () => {
    assert.deepEqual(
      ["running", "closing", "closed"].map((state) => isDrainingIn(state as Stats["state"])),
      [false, true, true],
    );
  });
});

describe("healthText", () => {
  const conditions = [
    { name: "one", holds: true, detail: "fine" },
    { name: "other", holds: false, detail: "broken" },
  ];

  it("says what does not hold", () => {
    assert.equal(healthText(conditions, false), "[-] other: broken\nnot ok\n");
    assert.equal(healthText(conditions.slice(0, 1), false), "ok\n");
  });

  it("has a line for each condition when asked to", () => {
    assert.equal(healthText(conditions, true), "[+] one: fine\n[-] other: broken\nnot ok\n");
  });
});
