// What health and an operator do to the sessions of a pool, through the whole of it.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { recordFailure } from "../../src/backend/ejection.ts";
import type { PoolConfig } from "../../src/config/config.ts";
import { diffPool } from "../../src/config/diff.ts";
import type { BackendOptions } from "../../src/config/options.ts";
import { ControlPool } from "../../src/control/pool.ts";
import { createTestSurroundings, poolConfig, type TestSurroundings } from "./test-surroundings.ts";

interface World {
  readonly surroundings: TestSurroundings;
  readonly pool: ControlPool;
  readonly rowOf: (name: string) => number;
  /** A session on that backend. */
  readonly admit: (name: string) => void;
  /** What that backend's probe has found, so many times. */
  readonly probed: (name: string, result: "ok" | "refused", times?: number) => void;
  readonly reconfigure: (options: Partial<PoolConfig>) => void;
}

const PRIMARY = { address: "10.0.0.1:80", name: "a" } as const;
const OTHER = { address: "10.0.0.2:80", name: "b" } as const;
const SPARE = { address: "10.0.0.9:80", name: "spare", backup: true } as const;
const EJECTION = { failures: 1, withinMs: 1, firstMs: 10_000, longestMs: 10_000 };
const EVER = Number.NEGATIVE_INFINITY;

function startWorld(backends: readonly BackendOptions[], options: Partial<PoolConfig> = {}): World {
  const surroundings = createTestSurroundings();
  const { prober, table } = surroundings;
  const pool = new ControlPool(poolConfig(backends, options), 4, surroundings);
  void pool.start();
  const rowOf = (name: string): number => pool.snapshot().rows.find((row) => row.name === name)?.row ?? -1;
  return {
    surroundings,
    pool,
    rowOf,
    admit: (name) => assert.equal(table.admit(rowOf(name)), true),
    probed(name, result, times = 1) {
      const index = backends.findIndex((backend) => backend.name === name);
      for (let time = 0; time < times; time++) prober.result(result, index);
    },
    reconfigure(change) {
      pool.apply(diffPool(pool.config, poolConfig(backends, { ...options, ...change })), new Map());
      surroundings.publish();
      pool.lost();
    },
  };
}

describe("on-down: close", () => {
  it("resets the sessions of a backend with the probe that decides, and with each that confirms it", () => {
    const { surroundings, admit, probed } = startWorld([PRIMARY, OTHER], { onDown: "close" });
    for (const name of ["a", "b"]) probed(name, "ok");
    admit("a");
    probed("a", "refused", 2);
    assert.deepEqual(surroundings.evicted, []);
    probed("a", "refused");
    assert.deepEqual(surroundings.evicted, ["backend-down: 0"]);
    probed("a", "refused");
    assert.deepEqual(surroundings.evicted, ["backend-down: 0", "backend-down: 0"]);
  });

  it("frees the clients of the only backend as well: they learn that it is dead", () => {
    const { surroundings, admit, probed } = startWorld([PRIMARY], { onDown: "close" });
    admit("a");
    probed("a", "refused");
    assert.deepEqual(surroundings.evicted, ["backend-down: 0"]);
  });

  it("leaves alone the sessions of one that is ejected: dials failed, which says nothing about them", () => {
    const { surroundings, admit, pool } = startWorld([PRIMARY, OTHER], { onDown: "close" });
    admit("a");
    assert.equal(recordFailure(surroundings.table, 0, EJECTION, [0, 1], 1_000), true);
    pool.lost();
    assert.deepEqual(surroundings.evicted, []);
  });

  it("is in force with the next probe once it is configured", () => {
    const { surroundings, admit, probed, reconfigure } = startWorld([PRIMARY, OTHER]);
    admit("a");
    probed("a", "refused");
    assert.deepEqual(surroundings.evicted, []);
    reconfigure({ onDown: "close" });
    probed("a", "refused");
    assert.deepEqual(surroundings.evicted, ["backend-down: 0"]);
  });
});

describe("on-up: close-backups", () => {
  const options = { onUp: "close-backups" } as const;

  it("resets the sessions of backups when a primary is up again", () => {
    const { surroundings, admit, probed } = startWorld([PRIMARY, SPARE], options);
    probed("a", "refused");
    probed("spare", "ok");
    admit("spare");
    probed("a", "ok");
    assert.deepEqual(surroundings.evicted, [], "rise counts to two");
    probed("a", "ok");
    assert.deepEqual(surroundings.evicted, ["rebalanced: 1"]);
  });

  it("does so when a dial or a probe ends an ejection, and when an operator gives it back", () => {
    const ways: readonly ((world: World) => void)[] = [
      ({ pool }) => pool.cameBack("web/a"),
      ({ probed, surroundings }) => {
        assert.equal(recordFailure(surroundings.table, 0, EJECTION, [0, 1], 1_000), true);
        probed("a", "ok");
      },
      ({ pool }) => {
        pool.drain("a");
        pool.ready("a");
      },
      ({ pool }) => {
        pool.weigh("a", 0);
        pool.weigh("a", 1);
      },
    ];
    for (const giveBack of ways) {
      const world = startWorld([PRIMARY, SPARE], options);
      world.probed("a", "ok");
      world.admit("spare");
      giveBack(world);
      assert.deepEqual(world.surroundings.evicted, ["rebalanced: 1"]);
    }
  });

  it("does nothing when a backup is up again", () => {
    const { surroundings, admit, pool, probed } = startWorld([PRIMARY, SPARE], options);
    probed("a", "ok");
    admit("spare");
    probed("spare", "refused");
    probed("spare", "ok", 2);
    pool.cameBack("web/spare");
    pool.cameBack("web/removed meanwhile");
    assert.deepEqual(surroundings.evicted, []);
  });
});

describe("on-drain", () => {
  const options = { onDrain: { afterMs: 30_000 } };

  for (const state of ["drain", "maintenance"] as const) {
    it(`resets what is left so long after ${state} began`, () => {
      const { surroundings, admit, pool } = startWorld([PRIMARY, OTHER], options);
      admit("a");
      pool.change("a", { state });
      surroundings.clock.advance(29_999);
      assert.deepEqual(surroundings.evicted, []);
      surroundings.clock.advance(1);
      assert.deepEqual(surroundings.evicted, ["drained: 0"]);
    });
  }

  it("resets nobody where it is keep, where all have finished, or once the backend is ready again", () => {
    const kept = startWorld([PRIMARY, OTHER]);
    kept.admit("a");
    kept.pool.drain("a");
    const finished = startWorld([PRIMARY, OTHER], options);
    finished.pool.drain("a");
    const ready = startWorld([PRIMARY, OTHER], options);
    ready.admit("a");
    ready.pool.drain("a");
    ready.pool.ready("a");
    for (const { surroundings } of [kept, finished, ready]) {
      surroundings.clock.advance(3_600_000);
      assert.deepEqual(surroundings.evicted, []);
    }
  });

  it("goes on counting when drain becomes maintenance", () => {
    const { surroundings, admit, pool } = startWorld([PRIMARY, OTHER], options);
    admit("a");
    pool.drain("a");
    surroundings.clock.advance(20_000);
    pool.change("a", { state: "maintenance" });
    surroundings.clock.advance(10_000);
    assert.deepEqual(surroundings.evicted, ["drained: 0"]);
  });

  it("is in force at once when it is configured anew", () => {
    const { surroundings, admit, pool, reconfigure } = startWorld([PRIMARY, OTHER]);
    admit("a");
    pool.drain("a");
    surroundings.clock.advance(20_000);
    reconfigure({ onDrain: { afterMs: 25_000 } });
    surroundings.clock.advance(5_000);
    assert.deepEqual(surroundings.evicted, ["drained: 0"]);
  });

  it("bounds what a removed backend keeps, unless it comes back or its last session has ended", () => {
    const { surroundings, admit, pool } = startWorld([PRIMARY, OTHER], options);
    admit("a");
    pool.remove("a");
    surroundings.clock.advance(30_000);
    assert.deepEqual(surroundings.evicted, ["backend-removed: 0"]);

    const back = startWorld([PRIMARY, OTHER], options);
    back.admit("a");
    back.pool.remove("a");
    back.pool.restore("a");
    const empty = startWorld([PRIMARY, OTHER], options);
    empty.pool.remove("a");
    empty.surroundings.rows.reclaim();
    assert.equal(empty.surroundings.clock.pendingTimers, 0);
    for (const world of [back, empty]) {
      world.surroundings.clock.advance(3_600_000);
      assert.deepEqual(world.surroundings.evicted, []);
    }
  });

  it("ends with the pool", () => {
    const { surroundings, admit, pool } = startWorld([PRIMARY, OTHER], options);
    admit("a");
    pool.drain("a");
    pool.close();
    assert.equal(surroundings.clock.pendingTimers, 0);
  });
});

describe("on-remove at run time", () => {
  it("lets sessions finish, or resets them once every data plane runs without the backend", () => {
    const drain = startWorld([PRIMARY, OTHER]);
    drain.pool.remove("a");
    assert.deepEqual(drain.surroundings.evicted, []);
    const close = startWorld([PRIMARY, OTHER], { onRemove: "close" });
    const { version } = close.surroundings;
    close.pool.remove("a");
    assert.equal(close.surroundings.version, version + 1);
    assert.deepEqual(close.surroundings.evicted, ["backend-removed: 0"]);
  });

  it("goes for a backend that was added at run time, and is taken back", () => {
    const { surroundings, pool, rowOf } = startWorld([PRIMARY], { onRemove: "close" });
    pool.add(OTHER);
    const row = rowOf("b");
    pool.restore("b");
    assert.deepEqual(surroundings.evicted, [`backend-removed: ${row}`]);
  });
});

describe("maintenance", () => {
  it("is not probed, and what was known before says little: the first result after it decides", () => {
    const { surroundings, pool, probed } = startWorld([PRIMARY, OTHER]);
    const { prober } = surroundings;
    const stateOf = (): string | undefined => pool.backends()[0]?.state;
    probed("a", "ok");
    pool.change("a", { state: "maintenance" });
    assert.deepEqual([prober.probes[0]?.isStopped, prober.probes.length, stateOf()], [true, 2, "maintenance"]);
    pool.ready("a");
    assert.deepEqual([prober.probes.length, stateOf()], [3, "ready"]);
    prober.result("refused");
    assert.equal(stateOf(), "down");
  });

  it("leaves it down where it was down, until probes say otherwise", () => {
    const { surroundings, pool, probed } = startWorld([PRIMARY, OTHER]);
    probed("b", "ok");
    probed("a", "refused");
    pool.change("a", { state: "maintenance" });
    pool.ready("a");
    assert.equal(pool.backends()[0]?.state, "down");
    surroundings.prober.result("ok");
    surroundings.prober.result("ok");
    assert.equal(pool.backends()[0]?.state, "ready");
  });

  it("stays unprobed whatever else changes", () => {
    const { surroundings, pool, reconfigure } = startWorld([PRIMARY, OTHER]);
    pool.change("a", { state: "maintenance" });
    const { probe } = pool.config;
    assert.ok(probe !== undefined);
    reconfigure({ probe: { ...probe, fall: 9 } });
    assert.equal(surroundings.prober.probes.filter(({ isStopped }) => !isStopped).length, 1);
  });
});

describe("slow start", () => {
  it("is for backends that return or are added, never for the start of the process", () => {
    const { surroundings, pool, probed, rowOf } = startWorld([PRIMARY, OTHER]);
    const { clock, table } = surroundings;
    const started = (name: string): number | undefined => table.startedAtMs[rowOf(name)];
    for (const name of ["a", "b"]) probed(name, "ok");
    assert.deepEqual([started("a"), started("b")], [EVER, EVER]);
    probed("a", "refused", 3);
    clock.advance(1_000);
    probed("a", "ok", 2);
    assert.equal(started("a"), clock.nowMs());
    clock.advance(1_000);
    pool.add({ address: "10.0.0.3:80", name: "c" });
    assert.equal(started("c"), clock.nowMs());
    assert.equal(started("b"), EVER);
  });

  it("is for a backend that comes back from maintenance, not for one that was drained: that one is warm", () => {
    const { surroundings, pool, rowOf } = startWorld([PRIMARY, OTHER]);
    const { clock, table } = surroundings;
    clock.advance(5_000);
    for (const state of ["drain", "ready"] as const) pool.change("a", { state });
    for (const state of ["maintenance", "ready"] as const) pool.change("b", { state });
    assert.deepEqual([table.startedAtMs[rowOf("a")], table.startedAtMs[rowOf("b")]], [EVER, clock.nowMs()]);
  });

  it("is for addresses that a name has later, not for those that it has at the start", () => {
    const { surroundings, pool } = startWorld([{ address: "a.internal:80", name: "a" }]);
    const { clock, names, table } = surroundings;
    const started = (): (number | undefined)[] => pool.snapshot().rows.map(({ row }) => table.startedAtMs[row]);
    names.resolve("a.internal", ["10.0.0.1"]);
    clock.advance(5_000);
    names.resolve("a.internal", ["10.0.0.1", "10.0.0.2"]);
    assert.deepEqual(started(), [EVER, clock.nowMs()]);
  });
});
