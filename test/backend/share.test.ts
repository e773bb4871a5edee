import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { BackendShare } from "../../src/backend/share.ts";
import { BackendTable, NO_LIMIT, TABLE_ROWS } from "../../src/backend/table.ts";

const ROWS = [0, 1, TABLE_ROWS - 1];

interface Step {
  readonly worker: 0 | 1;
  readonly row: number;
  readonly what: "admit" | "release" | "suspect" | "answered";
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    worker: fc.constantFrom(0, 1),
    row: fc.constantFrom(...ROWS),
    what: fc.constantFrom("admit", "release", "suspect", "answered"),
  }),
);

describe("BackendShare", () => {
  it("holds what one thread has added, so that it can be taken back and no more", () => {
    fc.assert(
      fc.property(steps, (script) => {
        const control = new BackendTable();
        for (const row of ROWS) control.open(row, 1, row === 1 ? 2 : NO_LIMIT);
        const shares = [0, 1].map(() => new BackendShare(TABLE_ROWS));
        const tables = shares.map(
          (share) => new BackendTable(control.memory, new BackendShare(TABLE_ROWS, share.memory)),
        );
        const held = ROWS.map(() => [
          [0, 0],
          [0, 0],
        ]);
        for (const { worker, row, what } of script) {
          const table = tables[worker];
          const mine = held[ROWS.indexOf(row)]?.[worker];
          if (table === undefined || mine === undefined) continue;
          const [active = 0, suspects = 0] = mine;
          if (what === "admit" && table.admit(row)) mine[0] = active + 1;
          else if (what === "suspect") {
            table.addSuspect(row, 1);
            mine[1] = suspects + 1;
          } else if (what === "release" && active > 0) {
            table.release(row);
            mine[0] = active - 1;
          } else if (what === "answered" && suspects > 0) {
            table.addSuspect(row, -1);
            mine[1] = suspects - 1;
          }
        }
        const [dead] = shares;
        if (dead === undefined) return;
        control.takeBack(dead);
        for (const [index, row] of ROWS.entries()) {
          assert.deepEqual([control.active[row], control.suspects[row]], held[index]?.[1]);
          assert.deepEqual([dead.active[row], dead.suspects[row]], [0, 0]);
        }
      }),
    );
  });

  it("tells everybody that who can serve may have changed", () => {
    const table = new BackendTable();
    const before = table.epoch;
    table.takeBack(new BackendShare(TABLE_ROWS));
    assert.notEqual(table.epoch, before);
  });
});
