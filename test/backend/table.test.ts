import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { ejectionOf, FRESH, withEjection, withHealth } from "../../src/backend/state.ts";
import { BackendTable, NO_LIMIT, TABLE_ROWS } from "../../src/backend/table.ts";
import type { AdmitterReport, AdmitterTask } from "./admitter.ts";

const ROW = 3;

function openTable(limit: number = NO_LIMIT): BackendTable {
  const table = new BackendTable();
  table.open(ROW, 1, limit);
  return table;
}

describe("BackendTable", () => {
  it("is the same table for all who share its memory", () => {
    const table = openTable(7);
    const other = new BackendTable(table.memory);
    other.admit(ROW);
    table.setWeight(ROW, 5);
    assert.equal(table.active[ROW], 1);
    assert.equal(other.weight[ROW], 5);
    assert.equal(other.epoch, table.epoch);
  });

  it("takes another limit for sessions to come", () => {
    const table = openTable(1);
    assert.deepEqual([table.admit(ROW), table.admit(ROW)], [true, false]);
    const { epoch } = table;
    table.setLimit(ROW, 2);
    assert.notEqual(table.epoch, epoch);
    assert.equal(table.admit(ROW), true);
    table.setLimit(ROW, 1);
    assert.deepEqual([table.active[ROW], table.admit(ROW)], [2, false]);
  });

  it("has fields that do not overlap, up to the last row", () => {
    const table = new BackendTable();
    const fields = Object.values(table).filter((field) => ArrayBuffer.isView(field));
    assert.equal(fields.length, 13);
    const ranges = fields.map(({ byteOffset, byteLength }) => [byteOffset, byteOffset + byteLength] as const);
    ranges.sort(([one], [other]) => one - other);
    ranges.forEach(([start], index) => assert.ok(start >= (ranges[index - 1]?.[1] ?? 0)));
    table.open(TABLE_ROWS - 1, 1, 1);
    assert.equal(table.admit(TABLE_ROWS - 1), true);
    assert.equal(table.admit(TABLE_ROWS - 1), false);
    assert.equal(table.active[TABLE_ROWS - 1], 1);
  });
});

describe("BackendTable.open", () => {
  it("forgets what the row was used for before, but not how often", () => {
    const table = openTable();
    const first = table.generation[ROW];
    table.changeState(ROW, (word) => withEjection(withHealth(word, "down"), "trial"));
    table.suspects[ROW] = 3;
    table.forgiven[ROW] = 3;
    table.failures[ROW] = 2;
    for (const field of [table.failuresSinceMs, table.ejectedUntilMs, table.ejectedForMs, table.returnedAtMs]) {
      field[ROW] = 1_234;
    }
    const generation = table.open(ROW, 9, 50);
    assert.equal(generation, (first ?? 0) + 1);
    assert.equal(table.generation[ROW], generation);
    assert.deepEqual([table.weight[ROW], table.limit[ROW]], [9, 50]);
    assert.equal(table.state[ROW], FRESH);
    assert.deepEqual([table.suspects[ROW], table.forgiven[ROW], table.failures[ROW]], [0, 0, 0]);
    assert.deepEqual([table.failuresSinceMs[ROW], table.ejectedUntilMs[ROW], table.ejectedForMs[ROW]], [0, 0, 0]);
    assert.equal(table.returnedAtMs[ROW], Number.NEGATIVE_INFINITY);
  });

  it("says that who can serve has changed", () => {
    const table = new BackendTable();
    const before = table.epoch;
    table.open(ROW, 1, 1);
    assert.notEqual(table.epoch, before);
  });
});

describe("BackendTable.admit", () => {
  it("admits exactly as many as the limit allows, however sessions come and go", () => {
    const limits = fc.integer({ min: 1, max: 5 });
    // Each step is one session that comes or goes, in one of three workers.
    const steps = fc.array(fc.record({ worker: fc.nat({ max: 2 }), comes: fc.boolean() }), { maxLength: 60 });
    fc.assert(
      fc.property(limits, steps, (limit, interleaving) => {
        const table = openTable(limit);
        const workers = [table, new BackendTable(table.memory), new BackendTable(table.memory)];
        const held = [0, 0, 0];
        let active = 0;
        for (const { worker, comes } of interleaving) {
          const own = workers[worker];
          if (own === undefined) continue;
          if (comes) {
            const isAdmitted = own.admit(ROW);
            assert.equal(isAdmitted, active < limit);
            active += Number(isAdmitted);
            held[worker] = (held[worker] ?? 0) + Number(isAdmitted);
          } else if ((held[worker] ?? 0) > 0) {
            own.release(ROW);
            active--;
            held[worker] = (held[worker] ?? 0) - 1;
          }
          assert.equal(table.active[ROW], active);
        }
      }),
    );
  });

  it("counts without a limit too", () => {
    const table = openTable();
    for (let session = 1; session <= 1_000; session++) assert.equal(table.admit(ROW), true);
    assert.equal(table.active[ROW], 1_000);
  });

  it("never exceeds the limit while threads race", async () => {
    const limit = 5;
    const table = openTable(limit);
    const task: AdmitterTask = { memory: table.memory, row: ROW, limit, rounds: 200_000 };
    const threads = Array.from(
      { length: 3 },
      () => new Worker(new URL("./admitter.js", import.meta.url), { workerData: task }),
    );
    const reports = await Promise.all(
      threads.map(async (thread): Promise<AdmitterReport> => {
        const [[report]] = await Promise.all([once(thread, "message"), once(thread, "exit")]);
        return report;
      }),
    );
    for (const { most } of reports) assert.ok(most <= limit, `${most} sessions where ${limit} are allowed`);
    assert.equal(
      table.active[ROW],
      reports.reduce((sum, { held }) => sum + held, 0),
    );
  });
});

describe("BackendTable.isSuspect", () => {
  it("is true with three dials unanswered and no success since", () => {
    const table = openTable();
    const seen: boolean[] = [];
    for (const suspects of [0, 2, 3, 4]) {
      table.suspects[ROW] = suspects;
      seen.push(table.isSuspect(ROW));
    }
    assert.deepEqual(seen, [false, false, true, true]);
  });

  it("is false from a success on, until there are more", () => {
    const table = openTable();
    table.suspects[ROW] = 5;
    const { epoch } = table;
    table.forgive(ROW, 5);
    assert.equal(table.isSuspect(ROW), false);
    assert.notEqual(table.epoch, epoch);
    table.suspects[ROW] = 6;
    assert.equal(table.isSuspect(ROW), true);
  });

  it("costs a success nothing where there is nothing to forgive", () => {
    const table = openTable();
    const { epoch } = table;
    table.forgive(ROW, 0);
    assert.equal(table.epoch, epoch);
  });
});

describe("BackendTable.changeState", () => {
  it("says whether it changed the state, and announces only that", () => {
    const table = openTable();
    const before = table.epoch;
    assert.equal(
      table.changeState(ROW, () => undefined),
      false,
    );
    assert.equal(
      table.changeState(ROW, (word) => word),
      false,
    );
    assert.equal(table.epoch, before);
    assert.equal(
      table.changeState(ROW, (word) => withEjection(word, "ejected")),
      true,
    );
    assert.notEqual(table.epoch, before);
  });

  it("looks again when another thread was faster", () => {
    const table = openTable();
    const seen: number[] = [];
    const changed = table.changeState(ROW, (word) => {
      seen.push(word);
      if (seen.length === 1) Atomics.store(table.state, ROW, withHealth(word, "down"));
      return ejectionOf(word) === "in" ? withEjection(word, "ejected") : undefined;
    });
    assert.equal(changed, true);
    assert.deepEqual(seen, [FRESH, withHealth(FRESH, "down")]);
    assert.equal(table.state[ROW], withEjection(withHealth(FRESH, "down"), "ejected"));
  });
});
