import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { BackendTable, NO_LIMIT } from "../../src/backend/table.ts";
import { createWorkerState } from "../../src/control/worker-state.ts";
import { Admission } from "../../src/session/admission.ts";
import type { FromWorker, Question } from "../../src/worker/message.ts";
import { type Accept, createWorker } from "../../src/worker/worker.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { MemoryTransport } from "../support/memory-transport.ts";
import { seededRandom } from "../support/random.ts";
import { backendAddress, listenerSnapshot, poolSnapshot } from "../support/snapshots.ts";

const ADDRESS = { kind: "ip", ip: "127.0.0.1", port: 80 } as const;

/** A worker that runs on a snapshot with one listener, "front", over one backend. */
function createWorld(accept?: Accept) {
  const clock = createFakeClock({ nowMs: 5 });
  const transport = new MemoryTransport(clock);
  const table = new BackendTable();
  table.open(0, 1, NO_LIMIT);
  transport.serve(backendAddress(0));
  const admission = new Admission(100);
  const state = createWorkerState({ table, admission, sessionLimit: 100, descriptorLimit: 64 });
  const posted: FromWorker[] = [];
  const worker = createWorker(
    {
      worker: 3,
      instance: "test",
      transport: "net",
      bell: undefined,
      bells: [],
      sessionLimit: 100,
      log: undefined,
      memory: state.memory,
    },
    { clock, random: seededRandom(1), transport, accept, post: (message) => posted.push(message), ring() {} },
  );
  let request = 0;
  worker.handle({
    kind: "apply",
    snapshot: { version: 7, listeners: [listenerSnapshot()], pools: [poolSnapshot([0])] },
  });
  return {
    transport,
    table,
    admission,
    state,
    posted,
    worker,
    ask: (question: Question): number => {
      request++;
      worker.handle({ kind: "ask", request, question });
      return request;
    },
    /** The answer to the last question. */
    answer: () => posted.flatMap((message) => (message.kind === "answered" ? [message] : [])).at(-1),
    listening: async (): Promise<void> => {
      worker.handle({
        kind: "ask",
        request: 99,
        question: { kind: "listen", door: 1, listener: "front", address: ADDRESS, dualStack: false },
      });
      await nextTurn();
    },
  };
}

async function createServing(sessions: number) {
  const world = createWorld();
  await world.listening();
  const clients = Array.from({ length: sessions }, () => world.transport.connect(ADDRESS));
  world.transport.settle();
  return { ...world, clients };
}

describe("createWorker", () => {
  it("acknowledges a snapshot", () => {
    assert.deepEqual(createWorld().posted, [{ kind: "acknowledged", version: 7 }]);
  });

  it("listens where it is asked to, and says what keeps it from that", async () => {
    const { ask, answer, listening } = createWorld();
    await listening();
    assert.deepEqual(answer()?.answer, { kind: "done", count: 0 });
    ask({ kind: "listen", door: 1, listener: "front", address: ADDRESS, dualStack: false });
    assert.equal(answer()?.answer.kind, "done", "that door is open");
    ask({ kind: "listen", door: 2, listener: "front", address: ADDRESS, dualStack: false });
    await nextTurn();
    const refused = answer()?.answer;
    assert.deepEqual([refused?.kind, refused?.kind === "failed" && refused.code], ["failed", "EADDRINUSE"]);
    ask({ kind: "accept", door: 3, listener: "front", address: ADDRESS, descriptor: 5 });
    assert.deepEqual(answer()?.answer, {
      kind: "failed",
      message: "the memory transport listens by itself",
      code: undefined,
    });
  });

  it("accepts from a socket that it is given, until it is told to stop", () => {
    const said: unknown[] = [];
    const { ask, answer } = createWorld((descriptor, address, { keepaliveMs }) => {
      said.push(descriptor, address, keepaliveMs);
      return { address, close: () => said.push("closed") };
    });
    ask({ kind: "accept", door: 1, listener: "front", address: ADDRESS, descriptor: 5 });
    assert.deepEqual(said, [5, ADDRESS, 60_000]);
    const request = ask({ kind: "stop-accepting", doors: "all" });
    assert.equal(said.at(-1), "closed");
    assert.equal(answer()?.request, request);
  });

  it("notes everything that it adds in the memory of its own", async () => {
    const { state, table, admission } = await createServing(3);
    assert.deepEqual([admission.processActive, table.active[0], state.backendShare.active[0]], [3, 3, 3]);
    assert.deepEqual(
      Array.from(state.sessions.entries(), ({ number, stage }) => [number, stage]),
      [1, 2, 3].map((number) => [number, "relaying"]),
    );
    assert.equal(state.counters.row(0).dials.ok, 3);
    admission.takeBack(state.admissionShare);
    table.takeBack(state.backendShare);
    assert.deepEqual([admission.processActive, admission.listenerActive(0), table.active[0]], [0, 0, 0]);
  });

  it("aborts the sessions that are meant, and says how many", async () => {
    const { ask, answer, clients, transport } = await createServing(3);
    const which = { kind: "filtered", number: 2, slots: undefined, rows: undefined, clientIp: undefined } as const;
    ask({ kind: "abort", end: "closed-by-operator", which });
    assert.deepEqual(answer()?.answer, { kind: "done", count: 1 });
    transport.settle();
    assert.deepEqual(
      clients.map(({ end }) => end),
      [undefined, "reset", undefined],
    );
    ask({ kind: "abort", end: "shutdown", which: { kind: "rows", rows: [0] } });
    assert.deepEqual(answer()?.answer, { kind: "done", count: 2 });
  });

  it("answers when no session is left", async () => {
    const { ask, answer, clients, transport, worker } = await createServing(1);
    const request = ask({ kind: "when-empty" });
    assert.notEqual(answer()?.request, request);
    clients[0]?.reset();
    transport.settle();
    assert.equal(answer()?.request, request);
    assert.equal(worker.isEmpty, true);
  });

  it("resets what is left when it leaves, and when it is about to die", async () => {
    for (const [way, end] of [
      ["leave", "shutdown"],
      ["drop", "worker-failed"],
    ] as const) {
      const { state, worker, clients, transport } = await createServing(2);
      worker[way]();
      transport.settle();
      assert.deepEqual(
        clients.map((client) => client.end),
        ["reset", "reset"],
      );
      assert.deepEqual(state.counters.lane(0).ends, { [end]: 2 });
      assert.equal(worker.isEmpty, true);
    }
  });

  it("sees the word that ends it", () => {
    const { state, worker } = createWorld();
    assert.equal(worker.isStopped, false);
    state.words.isStopped = true;
    worker.handle({ kind: "stop" });
    assert.equal(worker.isStopped, true);
  });
});
