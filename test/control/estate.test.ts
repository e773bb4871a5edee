import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ejectionOf, withEjection } from "../../src/backend/state.ts";
import { BackendTable, NO_LIMIT } from "../../src/backend/table.ts";
import { Waiters } from "../../src/backend/waiters.ts";
import { ClientTables } from "../../src/control/client-tables.ts";
import { settleEstate } from "../../src/control/estate.ts";
import { PoolLine } from "../../src/control/pool-line.ts";
import { createWorkerState } from "../../src/control/worker-state.ts";
import { Admission } from "../../src/session/admission.ts";
import { ClientTable } from "../../src/session/client-table.ts";
import type { SessionRecord } from "../../src/session/record.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { seededRandom } from "../support/random.ts";
import { listenerSnapshot } from "../support/snapshots.ts";

/** A worker that has died with a session in each stage, two of which had a backend; and one that lives. */
function createWorld() {
  const clock = createFakeClock({ nowMs: 10_000 });
  const table = new BackendTable();
  const admission = new Admission(100);
  const common = { table, admission, sessionLimit: 100, descriptorLimit: 64 };
  const state = createWorkerState(common);
  const generations = [0, 1].map((row) => table.open(row, 1, NO_LIMIT));
  const worker = {
    table: new BackendTable(table.memory, state.backendShare),
    admission: new Admission(100, admission.memory, state.admissionShare),
  };
  for (let session = 0; session < 3; session++) {
    worker.admission.enter(0);
    state.sessions.enter(state.sessions.nextNumber(), 0, 9_000 + session, `192.0.2.1:${session}`);
  }
  worker.table.admit(0);
  state.sessions.dialling(1, 0, generations[0] ?? 0, true);
  worker.table.addSuspect(0, 1);
  table.changeState(0, (word) => withEjection(word, "trial"));
  worker.table.admit(1);
  state.sessions.dialling(2, 1, generations[1] ?? 0, false);
  state.sessions.relaying(2);
  state.counters.countBytes(0, 1, 30, 40);
  state.sessions.countedBytes(2, 30, 40);
  const clientTables = new ClientTables(seededRandom(1));
  const rule = { maxConnections: 9, ratePerSecond: 9, burst: 9, ipv6Prefix: 64, tableSize: 10 };
  const clients = new ClientTable(clientTables.take("front", rule) ?? assert.fail(), 4);
  const clientPlace = clients.enter("192.0.2.1", 9_000);
  state.sessions.counted(0, clients.id, clientPlace);
  const line = new PoolLine();
  const waiters = new Waiters(line.snapshot({ limit: 5, timeoutMs: 1 })?.memory ?? assert.fail(), 4);
  waiters.enter(5);
  // Somebody else's.
  clients.enter("192.0.2.1", 9_000);
  admission.enter(0);
  table.admit(1);

  const records: SessionRecord[] = [];
  const settle = (wants = true): number =>
    settleEstate(4, state, "out of memory", {
      clock,
      instance: "test",
      table,
      admission,
      clientTables,
      linesOf: () => [line],
      listenerOf: () => listenerSnapshot(),
      reports: { wantsRecord: () => wants, recorded: (record) => records.push(record) },
      ownerOf: (row) =>
        row < 0 ? undefined : { pool: "main", identity: `main/b${row}`, addressText: `10.0.0.1:${row}` },
    });
  return { table, admission, state, records, settle, line, clientCount: () => clients.count(clientPlace) };
}

describe("settleEstate", () => {
  it("takes back what the worker had counted, and nothing of anybody else's", () => {
    const { table, admission, settle } = createWorld();
    assert.equal(settle(), 3);
    assert.deepEqual([admission.processActive, admission.listenerActive(0)], [1, 1]);
    assert.deepEqual([table.active[0], table.active[1], table.suspects[0]], [0, 1, 0]);
  });

  it("takes its clients and its waiters out", () => {
    const { settle, clientCount, line } = createWorld();
    assert.deepEqual([clientCount(), line.length], [2, 1]);
    settle();
    assert.deepEqual([clientCount(), line.length], [1, 0]);
  });

  it("leaves a record of each session, with what is known of it", () => {
    const { records, settle } = createWorld();
    settle();
    assert.deepEqual(
      records.map(({ id, listener, client, backend, durationMs, end, error, active, worker }) => [
        [id, listener, client, backend, durationMs],
        [end, error, active.process, active.backend, worker],
      ]),
      [
        [
          ["test-4-1", "front", "192.0.2.1:0", null, 1_000],
          ["worker-failed", "out of memory", 1, null, 4],
        ],
        [
          ["test-4-2", "front", "192.0.2.1:1", "main/b0", 999],
          ["worker-failed", "out of memory", 1, 0, 4],
        ],
        [
          ["test-4-3", "front", "192.0.2.1:2", "main/b1", 998],
          ["worker-failed", "out of memory", 1, 1, 4],
        ],
      ],
    );
  });

  it("counts them where the worker would have, whether anybody reads records or not", () => {
    const { records, settle, state } = createWorld();
    settle(false);
    assert.deepEqual(records, []);
    assert.deepEqual(state.counters.lane(0).ends, { "worker-failed": 3 });
    assert.deepEqual([state.counters.row(0).sessions, state.counters.row(1).sessions], [0, 1]);
  });

  it("knows their bytes as of when they were last counted, and counts none twice", () => {
    const { records, settle, state } = createWorld();
    settle();
    assert.deepEqual([records[2]?.bytesUp, records[2]?.bytesDown], [30, 40]);
    assert.deepEqual([state.counters.lane(0).bytesUp, state.counters.lane(0).bytesDown], [30, 40]);
    assert.deepEqual([state.counters.row(1).bytesUp, state.counters.row(1).bytesDown], [30, 40]);
  });

  it("gives the place of a trial back", () => {
    const { table, settle } = createWorld();
    settle();
    assert.equal(ejectionOf(table.state[0] ?? 0), "ejected");
  });

  it("leaves nothing to be settled twice", () => {
    const { admission, records, settle } = createWorld();
    settle();
    assert.equal(settle(), 0);
    assert.deepEqual([records.length, admission.processActive], [3, 1]);
  });
});
