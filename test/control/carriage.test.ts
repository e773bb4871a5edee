import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { resolve } from "../../src/config/resolve.ts";
import { assemble } from "../../src/control/assembly.ts";
import type { Machine } from "../../src/control/machine.ts";
import type { Spawn } from "../../src/control/thread.ts";
import type { Assignment } from "../../src/worker/assignment.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { seededRandom } from "../support/random.ts";

const MACHINE: Machine = {
  platform: "linux",
  arch: "x64",
  nodeVersion: "22.12.0",
  cores: () => 3,
  whyNotLinux: () => "not today",
};

/** Threads that are ready at once, and leave when they are told to. */
function spawnInto(assignments: Assignment[]): Spawn {
  return (assignment, handler) => {
    assignments.push(assignment);
    queueMicrotask(() => handler.onMessage({ kind: "ready" }));
    return {
      post({ kind }) {
        if (kind === "stop") queueMicrotask(() => handler.onGone(undefined));
      },
      terminate() {},
    };
  };
}

function assembled(workers: number | "auto", assignments: Assignment[] = []) {
  const config = resolve({
    listeners: { web: { listen: "127.0.0.1:0" } },
    pools: { web: { backends: [], probe: "off" } },
    maxConnections: 50,
    workers,
  });
  const world = {
    clock: createFakeClock(),
    random: seededRandom(1),
    machine: MACHINE,
    spawn: spawnInto(assignments),
  };
  return assemble(world, config);
}

describe("createDataPlane", () => {
  it("is a plane in this thread where there are no workers", () => {
    const { dataPlane } = assembled(0);
    assert.deepEqual([dataPlane.transport, dataPlane.workers, dataPlane.sessions.length], ["net", 0, 1]);
  });

  it("is a fleet otherwise, whose workers share the counts and have the rest for themselves", async () => {
    const assignments: Assignment[] = [];
    const { dataPlane, instance } = assembled("auto", assignments);
    assert.deepEqual([dataPlane.transport, dataPlane.workers, dataPlane.sessions.length], ["net", 3, 3]);
    assert.equal(assignments.length, 0, "nothing happens before the start");
    await dataPlane.start();
    assert.deepEqual(
      assignments.map(({ worker, sessionLimit, instance: given }) => [worker, sessionLimit, given]),
      [0, 1, 2].map((worker) => [worker, 50, instance]),
    );
    assert.equal(new Set(assignments.map(({ memory }) => memory.table)).size, 1);
    assert.equal(new Set(assignments.map(({ memory }) => memory.counters)).size, 3);
    await dataPlane.close();
  });

  it("counts what every worker counts", () => {
    const { roster, dataPlane } = assembled(2);
    assert.equal(dataPlane.sessionCount, 0);
    assert.deepEqual(roster.listenerCounts("web").ends, {});
  });
});
