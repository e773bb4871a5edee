import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BackendTable } from "../../src/backend/table.ts";
import { spawnThread, type Thread } from "../../src/control/thread.ts";
import { createWorkerState } from "../../src/control/worker-state.ts";
import { Admission } from "../../src/session/admission.ts";
import type { Assignment } from "../../src/worker/assignment.ts";
import type { FromWorker } from "../../src/worker/message.ts";
import { withDeadline } from "../support/deadline.ts";
import { withoutLeaks } from "../support/leaks.ts";

/** A thread that is ready, and what it has said in the end. */
async function spawned(): Promise<{ thread: Thread; heard: FromWorker[]; gone: Promise<unknown> }> {
  const { memory } = createWorkerState({
    table: new BackendTable(),
    admission: new Admission(10),
    sessionLimit: 10,
    descriptorLimit: 64,
  });
  const assignment: Assignment = {
    worker: 0,
    instance: "test",
    transport: "net",
    bell: undefined,
    bells: [],
    sessionLimit: 10,
    log: undefined,
    memory,
  };
  const heard: FromWorker[] = [];
  let onGone = (_error: unknown): void => {};
  const gone = new Promise<unknown>((resolve) => {
    onGone = resolve;
  });
  let onReady = (): void => {};
  const ready = new Promise<void>((resolve) => {
    onReady = resolve;
  });
  const thread = spawnThread(assignment, {
    onMessage(message) {
      heard.push(message);
      if (message.kind === "ready") onReady();
    },
    onGone: (error) => onGone(error),
  });
  await withDeadline(ready, () => "a ready worker");
  return { thread, heard, gone };
}

describe("spawnThread", () => {
  it(
    "carries messages both ways, and all of them before the end",
    withoutLeaks(async () => {
      const { thread, heard, gone } = await spawned();
      thread.post({ kind: "apply", snapshot: { version: 3, listeners: [], pools: [] } });
      thread.post({ kind: "ask", request: 9, question: { kind: "when-empty" } });
      thread.post({
        kind: "ask",
        request: 10,
        question: { kind: "accept", door: 1, listener: "x", address: UNIX, descriptor: 1 },
      });
      while (heard.length < 4) await new Promise((resolve) => setTimeout(resolve, 1));
      assert.deepEqual(heard.slice(1, 3), [
        { kind: "acknowledged", version: 3 },
        { kind: "answered", request: 9, answer: { kind: "done", count: 0 } },
      ]);
      thread.terminate();
      assert.equal(await gone, undefined);
    }),
  );

  it(
    "says what ended a thread",
    withoutLeaks(async () => {
      const { thread, gone } = await spawned();
      const nonsense: unknown[] = [null];
      thread.post(JSON.parse(JSON.stringify({ kind: "apply", snapshot: nonsense[0] })));
      const error = await gone;
      assert.ok(error instanceof Error);
      assert.match(error.message, /null/);
    }),
  );
});

const UNIX = { kind: "unix", path: "/run/none.sock" } as const;
