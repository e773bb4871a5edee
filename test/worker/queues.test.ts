// Two workers in one thread, whose bells the test carries: nothing else wakes anybody, and no time passes.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { BackendTable } from "../../src/backend/table.ts";
import { createWaiterMemory, Waiters } from "../../src/backend/waiters.ts";
import { createWorkerState } from "../../src/control/worker-state.ts";
import { Admission } from "../../src/session/admission.ts";
import { createWorker } from "../../src/worker/worker.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import type { MemoryPeer } from "../support/memory-peer.ts";
import { MemoryTransport } from "../support/memory-transport.ts";
import { seededRandom } from "../support/random.ts";
import { backendAddress, listenerSnapshot, poolSnapshot } from "../support/snapshots.ts";

const ADDRESS = { kind: "ip", ip: "127.0.0.1", port: 80 } as const;

/** Two workers and a pool of one backend with so many places. */
async function createWorld(places: number) {
  const clock = createFakeClock({ nowMs: 5 });
  const table = new BackendTable();
  table.open(0, 1, places);
  const admission = new Admission(100);
  const memory = createWaiterMemory(16);
  const queue = { memory, limit: 16, timeoutMs: 5_000 };
  const snapshot = { version: 1, listeners: [listenerSnapshot()], pools: [poolSnapshot([0], { queue })] };
  const rung: number[] = [];
  const workers = await Promise.all(
    [0, 1].map(async (number) => {
      const transport = new MemoryTransport(clock);
      const server = transport.serve(backendAddress(0));
      const state = createWorkerState({ table, admission, sessionLimit: 100, descriptorLimit: 64 });
      const worker = createWorker(
        {
          worker: number,
          instance: "test",
          transport: "net",
          bell: undefined,
          bells: [],
          sessionLimit: 100,
          log: undefined,
          memory: state.memory,
        },
        {
          clock,
          random: seededRandom(1),
          transport,
          accept: undefined,
          post() {},
          ring: (other) => void rung.push(other),
        },
      );
      worker.handle({ kind: "apply", snapshot });
      const question = { kind: "listen", door: 1, listener: "front", address: ADDRESS, dualStack: false } as const;
      worker.handle({ kind: "ask", request: 1, question });
      await nextTurn();
      return {
        worker,
        state,
        server,
        settle: () => transport.settle(),
        connect(): MemoryPeer {
          const client = transport.connect(ADDRESS);
          transport.settle();
          return client;
        },
      };
    }),
  );
  const [first = assert.fail(), second = assert.fail()] = workers;
  return { table, admission, rung, first, second, waiters: new Waiters(memory, undefined) };
}

describe("queues over workers", () => {
  it("wake who waits in another worker, by its bell alone", async () => {
    const { first, second, rung, table, waiters } = await createWorld(1);
    const holder = first.connect();
    const waiting = second.connect();
    waiting.send("hello");
    second.settle();
    assert.deepEqual([waiters.length, rung], [1, []]);
    holder.reset();
    first.settle();
    assert.deepEqual(rung, [1]);
    second.worker.serveQueues();
    second.settle();
    assert.deepEqual([second.server.peer.receivedText, waiters.length, table.active[0]], ["hello", 0, 1]);
  });

  it("let no newcomer of a third place take what is meant for who waits", async () => {
    const { first, second, waiters } = await createWorld(1);
    const holder = first.connect();
    second.connect();
    holder.reset();
    first.settle();
    // The place is free, and the other worker has not got to it yet.
    first.connect();
    assert.deepEqual([first.server.dialCount, waiters.length], [1, 2]);
    second.worker.serveQueues();
    second.settle();
    assert.deepEqual([second.server.dialCount, waiters.length], [1, 1]);
  });

  it("go on when the worker of the first has died: its place in the line, and the places that it held", async () => {
    const { first, second, table, admission, waiters, rung } = await createWorld(2);
    first.connect();
    second.connect();
    // Waits first, and is never served: its worker is no more.
    first.connect();
    const last = second.connect();
    last.send("hello");
    second.settle();
    table.takeBack(first.state.backendShare);
    admission.takeBack(first.state.admissionShare);
    waiters.settle(0);
    assert.deepEqual([waiters.length, table.active[0], rung], [1, 1, []]);
    second.worker.handle({ kind: "look-after-queues" });
    assert.deepEqual(rung, [1]);
    second.worker.serveQueues();
    second.settle();
    assert.deepEqual([second.server.peer.receivedText, waiters.length, table.active[0]], ["hello", 0, 2]);
  });

  it("go on when a worker dies that was woken and has not come to it", async () => {
    const { first, second, table, waiters } = await createWorld(1);
    const holder = second.connect();
    first.connect();
    const last = second.connect();
    holder.reset();
    second.settle();
    assert.deepEqual([waiters.awake, table.active[0]], [1, 0]);
    waiters.settle(0);
    assert.deepEqual([waiters.length, waiters.awake], [1, 0]);
    second.worker.handle({ kind: "look-after-queues" });
    second.worker.serveQueues();
    second.settle();
    assert.deepEqual([last.end, waiters.length, table.active[0]], [undefined, 0, 1]);
  });
});
