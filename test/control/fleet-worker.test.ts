import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BackendTable } from "../../src/backend/table.ts";
import { FleetWorker } from "../../src/control/fleet-worker.ts";
import type { ThreadHandler } from "../../src/control/thread.ts";
import { createWorkerState } from "../../src/control/worker-state.ts";
import { Admission } from "../../src/session/admission.ts";
import type { Report, ToWorker } from "../../src/worker/message.ts";
import { createFakeClock } from "../support/fake-clock.ts";

const SNAPSHOT = { version: 4, listeners: [], pools: [] };

/** A worker whose threads are the test's: it hears what they are told, and speaks for them. */
function createWorld() {
  const clock = createFakeClock();
  const threads: { readonly told: ToWorker[]; readonly handler: ThreadHandler; isTerminated: boolean }[] = [];
  const died: string[] = [];
  const reports: Report[] = [];
  const state = createWorkerState({
    table: new BackendTable(),
    admission: new Admission(1),
    sessionLimit: 1,
    descriptorLimit: 1,
  });
  const worker = new FleetWorker(
    2,
    state,
    { instance: "test", transport: "net", sessionLimit: 1, log: undefined },
    (assignment, handler) => {
      assert.deepEqual([assignment.worker, assignment.bell, assignment.memory], [2, undefined, state.memory]);
      const thread = { told: [] as ToWorker[], handler, isTerminated: false };
      threads.push(thread);
      return {
        post: (message) => void thread.told.push(message),
        terminate() {
          thread.isTerminated = true;
        },
      };
    },
    { clock, onReport: (report) => reports.push(report), onDied: (cause) => died.push(cause) },
  );
  return {
    clock,
    died,
    reports,
    state,
    worker,
    thread: () => threads.at(-1) ?? assert.fail("no thread"),
    started: async () => {
      const starting = worker.start(SNAPSHOT, []);
      threads.at(-1)?.handler.onMessage({ kind: "ready" });
      await starting;
    },
  };
}

describe("FleetWorker", () => {
  it("shows how many sessions its thread has, how often that was replaced, and since when it is silent", async () => {
    const { clock, worker, thread, started, state } = createWorld();
    const nothing = { worker: 2, active: 0, restarts: 0, loopLagMs: 0, heartbeatAgeMs: 0 };
    clock.advance(1_000);
    assert.deepEqual(worker.stats(clock.nowMs()), nothing);
    await started();
    clock.advance(4_000);
    assert.deepEqual(worker.stats(clock.nowMs()), { ...nothing, heartbeatAgeMs: 4_000 });
    const admission = new Admission(9, undefined, state.admissionShare);
    admission.enter(0);
    state.pulse.beat(clock.nowMs(), 30);
    assert.deepEqual(worker.stats(clock.nowMs()), { ...nothing, active: 1, loopLagMs: 30 });
    thread().handler.onGone(new Error("it fell over"));
    admission.takeBack(state.admissionShare);
    clock.advance(500);
    assert.equal(worker.stats(clock.nowMs()).heartbeatAgeMs, 500);
    await started();
    assert.deepEqual(worker.stats(clock.nowMs()), { ...nothing, restarts: 1 });
  });

  it("gives a thread the snapshot before anything else, and has started when that is ready", async () => {
    const { worker, thread, started } = createWorld();
    assert.equal(worker.isAlive, false);
    await started();
    assert.equal(worker.isAlive, true);
    assert.deepEqual(thread().told, [{ kind: "apply", snapshot: SNAPSHOT }]);
  });

  it("fails to start where the thread ends before it is ready", async () => {
    const { worker, thread, died } = createWorld();
    const starting = worker.start(undefined, []);
    thread().handler.onGone(new Error("no such file"));
    await assert.rejects(starting, { code: "LB_WORKER", message: /^worker 2 could not be started: no such file; / });
    assert.deepEqual(died, ["no such file"]);
  });

  it("knows which snapshot it runs on, and that a fresh one runs on none older than it was given", async () => {
    const { worker, thread, started } = createWorld();
    await started();
    assert.equal(worker.acknowledgedVersion, 4);
    thread().handler.onMessage({ kind: "acknowledged", version: 4 });
    thread().handler.onMessage({ kind: "acknowledged", version: 6 });
    assert.equal(worker.acknowledgedVersion, 6);
  });

  it("brings each answer to its question", async () => {
    const { worker, thread, started } = createWorld();
    await started();
    const first = worker.ask({ kind: "when-empty" });
    const second = worker.ask({ kind: "abort", end: "shutdown", which: { kind: "all" } });
    thread().handler.onMessage({ kind: "answered", request: 2, answer: { kind: "done", count: 5 } });
    thread().handler.onMessage({ kind: "answered", request: 1, answer: { kind: "done", count: 0 } });
    assert.deepEqual(await Promise.all([first, second]), [
      { kind: "done", count: 0 },
      { kind: "done", count: 5 },
    ]);
  });

  it("lets nobody wait for a thread that has gone", async () => {
    const { worker, thread, started, died } = createWorld();
    assert.equal(await worker.ask({ kind: "when-empty" }), undefined);
    await started();
    const asked = worker.ask({ kind: "when-empty" });
    thread().handler.onGone(undefined);
    assert.equal(await asked, undefined);
    assert.deepEqual([died, worker.isAlive], [["its thread has ended"], false]);
    worker.post({ kind: "stop" });
    assert.equal(thread().told.length, 2);
  });

  it("ends a thread that does not answer in time, but for what takes its time", async () => {
    const { worker, thread, started, clock } = createWorld();
    await started();
    void worker.ask({ kind: "when-empty" });
    clock.advance(3_600_000);
    assert.equal(thread().isTerminated, false);
    const asked = worker.ask({ kind: "stop-accepting", doors: "all" });
    clock.advance(4_999);
    assert.equal(thread().isTerminated, false);
    clock.advance(1);
    assert.equal(thread().isTerminated, true);
    thread().handler.onGone(undefined);
    assert.equal(await asked, undefined);
    assert.equal(clock.pendingTimers, 0);
  });

  it("is no death when it was asked to leave", async () => {
    const { worker, thread, started, died, state } = createWorld();
    await worker.stop();
    await started();
    const stopped = worker.stop();
    assert.equal(state.words.isStopped, true);
    assert.deepEqual(thread().told.at(-1), { kind: "stop" });
    thread().handler.onGone(undefined);
    await stopped;
    assert.deepEqual(died, []);
  });

  it("may be started again, on the same memory and without the word that ended the one before", async () => {
    const { worker, thread, started, state } = createWorld();
    await started();
    worker.terminate();
    assert.deepEqual([thread().isTerminated, state.words.isStopped], [true, true]);
    thread().handler.onGone(undefined);
    await started();
    assert.deepEqual([worker.isAlive, state.words.isStopped], [true, false]);
  });

  it("has no bell where messages wake it", () => {
    assert.equal(createWorld().worker.openBell(), undefined);
  });

  it("passes on what a worker has seen", async () => {
    const { thread, started, reports } = createWorld();
    await started();
    thread().handler.onMessage({ kind: "lines" });
    assert.deepEqual(reports, [{ kind: "lines" }]);
  });
});
