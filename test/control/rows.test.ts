import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { administrativeOf, FRESH } from "../../src/backend/state.ts";
import { BackendTable, NO_LIMIT, TABLE_ROWS } from "../../src/backend/table.ts";
import { Rows } from "../../src/control/rows.ts";

interface World {
  readonly table: BackendTable;
  readonly rows: Rows;
  /** Takes a row and opens it. */
  readonly take: () => number;
  /** What every data plane runs on. */
  acknowledged: number;
}

function createWorld(): World {
  const table = new BackendTable();
  const world: World = {
    table,
    rows: new Rows(table, () => world.acknowledged),
    take() {
      const row = world.rows.take();
      table.open(row, 1, NO_LIMIT);
      return row;
    },
    acknowledged: 0,
  };
  return world;
}

const ignore = (): void => {};

describe("Rows", () => {
  it("gives out different rows", () => {
    const { rows } = createWorld();
    assert.deepEqual([rows.take(), rows.take(), rows.take()], [0, 1, 2]);
  });

  it("knows whose a row is until it is free, and not who had it before", () => {
    const world = createWorld();
    const { rows, table } = world;
    const owner = { pool: "web", identity: "web/a", addressText: "10.0.0.1:80" };
    const row = world.take();
    const generation = table.generation[row] ?? 0;
    rows.assign(row, owner);
    rows.assign(world.take(), { ...owner, identity: "web/b" });
    assert.deepEqual(rows.ownerOf(row, generation), owner);
    assert.equal(rows.ownerOf(row, generation - 1), undefined);
    assert.equal(rows.ownerOf(-1, 0), undefined);
    table.admit(row);
    rows.retire(row, 1, ignore);
    assert.deepEqual(rows.rowsOf("web/a"), [row], "its sessions go on");
    table.release(row);
    world.acknowledged = 1;
    rows.reclaim();
    assert.deepEqual([rows.ownerOf(row, generation), rows.rowsOf("web/a")], [undefined, []]);
  });

  it("marks a retired row, so that nobody picks it, once every data plane knows which others there are", () => {
    const world = createWorld();
    const { rows, table } = world;
    const row = world.take();
    table.admit(row);
    rows.retire(row, 1, ignore);
    rows.reclaim();
    assert.equal(administrativeOf(table.state[row] ?? FRESH), "ready");
    world.acknowledged = 1;
    rows.reclaim();
    assert.equal(administrativeOf(table.state[row] ?? FRESH), "removed");
  });

  it("uses a row again only after its last session and an acknowledged snapshot without it", () => {
    const world = createWorld();
    const { rows, table } = world;
    const row = world.take();
    table.admit(row);
    let freed = 0;
    rows.retire(row, 5, () => freed++);
    world.acknowledged = 5;
    rows.reclaim();
    assert.equal(freed, 0, "a session lives");
    table.release(row);
    world.acknowledged = 4;
    rows.reclaim();
    assert.equal(freed, 0, "somebody may still pick it");
    assert.notEqual(rows.take(), row);
    world.acknowledged = 5;
    rows.reclaim();
    rows.reclaim();
    assert.equal(freed, 1);
    assert.equal(rows.take(), row);
  });

  it("finds out by itself that a row is free when one is needed", () => {
    const world = createWorld();
    const row = world.rows.take();
    world.rows.retire(row, 1, ignore);
    world.acknowledged = 1;
    assert.equal(world.rows.take(), row);
  });

  it("keeps a row that is restored, with its sessions", () => {
    const world = createWorld();
    const { rows, table } = world;
    const row = world.take();
    table.admit(row);
    rows.retire(row, 1, () => assert.fail("it was restored"));
    rows.restore(row);
    table.release(row);
    world.acknowledged = 9;
    rows.reclaim();
    assert.notEqual(rows.take(), row);
  });

  it("has room for so many, says so when that is used up, and has again when one is free", () => {
    const world = createWorld();
    const { rows } = world;
    for (let count = 0; count < TABLE_ROWS; count++) rows.take();
    assert.throws(() => rows.take(), { code: "LB_TOO_MANY_BACKENDS", message: /16384 places .* remove backends/ });
    rows.retire(77, 1, ignore);
    assert.throws(() => rows.take(), { code: "LB_TOO_MANY_BACKENDS" });
    world.acknowledged = 1;
    assert.equal(rows.take(), 77);
  });

  it("never gives out a row that is in use, retired, or counted", () => {
    const does = fc.constantFrom("take", "retire", "restore", "admit", "release", "acknowledge", "reclaim");
    const steps = fc.array(fc.record({ does, index: fc.nat({ max: 9 }) }), { maxLength: 100 });
    fc.assert(
      fc.property(steps, (history) => {
        const world = createWorld();
        const { rows, table } = world;
        const used: number[] = [];
        const retired: number[] = [];
        const counted: number[] = [];
        let version = 0;
        const play: Readonly<Record<(typeof history)[number]["does"], (index: number) => void>> = {
          take() {
            const row = world.take();
            for (const rowsOut of [used, retired, counted]) assert.equal(rowsOut.includes(row), false);
            used.push(row);
          },
          retire(index) {
            const [row] = used.splice(index, 1);
            if (row === undefined) return;
            version++;
            const ownVersion = version;
            retired.push(row);
            rows.retire(row, ownVersion, () => {
              assert.equal(counted.includes(row), false);
              assert.ok(world.acknowledged >= ownVersion);
              retired.splice(retired.indexOf(row), 1);
            });
          },
          restore(index) {
            const [row] = retired.splice(index, 1);
            if (row === undefined) return;
            rows.restore(row);
            used.push(row);
          },
          admit(index) {
            const row = used[index];
            if (row === undefined) return;
            assert.equal(table.admit(row), true);
            counted.push(row);
          },
          release(index) {
            for (const row of counted.splice(index, 1)) table.release(row);
          },
          acknowledge() {
            world.acknowledged = version;
          },
          reclaim: () => rows.reclaim(),
        };
        for (const { does: step, index } of history) play[step](index);
      }),
    );
  });
});
