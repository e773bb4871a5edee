import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withHealth } from "../../src/backend/state.ts";
import { TABLE_ROWS } from "../../src/backend/table.ts";
import type { PoolConfig } from "../../src/config/config.ts";
import { diffPool } from "../../src/config/diff.ts";
import type { BackendOptions } from "../../src/config/options.ts";
import { ControlPool } from "../../src/control/pool.ts";
import { createTestSurroundings, poolConfig, type TestSurroundings } from "./test-surroundings.ts";

interface World {
  readonly surroundings: TestSurroundings;
  readonly pool: ControlPool;
  readonly names: () => string[];
  readonly markDown: (row: number) => void;
}

type Backends = readonly (string | BackendOptions)[];

const TWO: Backends = [
  { address: "10.0.0.1:80", name: "a" },
  { address: "10.0.0.2:80", name: "b", weight: 2, backup: true },
];

function createWorld(backends: Backends = TWO, options: Partial<PoolConfig> = {}): World {
  const surroundings = createTestSurroundings();
  const pool = new ControlPool(poolConfig(backends, options), 4, surroundings);
  return {
    surroundings,
    pool,
    names: () => pool.backends().map(({ name }) => name),
    markDown: (row) => void surroundings.table.changeState(row, (word) => withHealth(word, "down")),
  };
}

/** One that has been started. */
function startWorld(backends: Backends = TWO, options: Partial<PoolConfig> = {}): World {
  const world = createWorld(backends, options);
  void world.pool.start();
  return world;
}

describe("ControlPool", () => {
  it("knows its backends before its start, and probes them after it", async () => {
    const { pool, surroundings, names } = createWorld();
    assert.deepEqual(names(), ["a", "b"]);
    assert.equal(surroundings.prober.probes.length, 0);
    await pool.start();
    assert.equal(surroundings.prober.probes.length, 2);
    assert.equal(pool.usableCount(), 2);
  });

  it("is started when all its names are known, or known not to be", async () => {
    const { pool, surroundings } = createWorld(["a.internal:80", "b.internal:80"]);
    let isStarted = false;
    const started = pool.start().then(() => {
      isStarted = true;
    });
    surroundings.names.resolve("a.internal", ["10.0.0.1"]);
    await Promise.resolve();
    assert.equal(isStarted, false);
    surroundings.names.fail("b.internal", "ENOTFOUND");
    await started;
  });

  it("describes itself for a data plane, in the order of the rows", () => {
    const { pool, surroundings } = startWorld();
    for (let row = 2; row < 5; row++) surroundings.rows.take();
    pool.add("10.0.0.3:80");
    pool.remove("a");
    pool.add({ address: "10.0.0.4:80", name: "d" });
    const { rows, ...rest } = pool.snapshot();
    assert.deepEqual(rest, {
      name: "web",
      policy: "least-connections",
      dialTimeoutMs: 3_000,
      dialDeadlineMs: 10_000,
      attempts: 3,
      ejection: undefined,
      queue: undefined,
      slowStart: undefined,
      panicBelow: undefined,
      counterSlot: 4,
      sendProxy: undefined,
      source: [],
    });
    assert.deepEqual(
      rows.map(({ row, name, weight, backup }) => [row, name, weight, backup]),
      [
        [0, "d", 1, false],
        [1, "b", 2, true],
        [5, "10.0.0.3:80", 1, false],
      ],
    );
    assert.deepEqual(structuredClone(rows), rows);
  });

  it("does not hand a function to other threads", () => {
    const { pool } = createWorld(TWO, { policy: ([first]) => first ?? assert.fail() });
    assert.equal(pool.snapshot().policy, "function");
  });

  it("counts who can take new sessions", () => {
    const { pool, surroundings, markDown } = startWorld([...TWO, { address: "10.0.0.3:80", name: "c" }]);
    assert.equal(pool.usableCount(), 3);
    assert.equal(pool.anotherServes(0), true);
    markDown(1);
    assert.equal(pool.usableCount(), 2);
    pool.weigh("c", 0);
    assert.equal(pool.usableCount(), 1);
    assert.equal(pool.anotherServes(0), false, "a backend of weight 0 takes no sessions");
    assert.equal(pool.anotherServes(1), true);
    surroundings.table.changeState(0, (word) => withHealth(word, "down"));
    assert.equal(pool.usableCount(), 0);
  });

  it("looks up the name of a backend to which a dial has failed", () => {
    const { pool, surroundings } = startWorld(["a.internal:80", "b.internal:80"]);
    pool.dialFailed("b.internal:80");
    pool.dialFailed("removed meanwhile");
    assert.deepEqual(
      surroundings.names.watched.map(({ refreshes }) => refreshes),
      [0, 1],
    );
  });

  it("looks out for the first that comes back when the last one is lost, however that happens", () => {
    const ways: readonly ((world: World) => void)[] = [
      ({ pool, markDown }) => {
        markDown(0);
        pool.lost();
      },
      ({ pool }) => pool.drain("a"),
      ({ pool }) => pool.weigh("a", 0),
      ({ pool }) => pool.remove("a"),
    ];
    for (const lose of ways) {
      const world = startWorld();
      const { probes } = world.surroundings.prober;
      const b = probes[1];
      world.pool.lost();
      assert.deepEqual(b?.hastened, [], "another serves");
      world.markDown(1);
      lose(world);
      assert.deepEqual(b.hastened, [1_000]);
    }
  });
});

describe("PoolHandle.add", () => {
  it("adds a backend at once, for every data plane", () => {
    const { pool, surroundings, names } = startWorld();
    pool.add({ address: "10.0.0.3:80", name: "c", weight: 7 });
    assert.deepEqual(names(), ["a", "b", "c"]);
    assert.equal(surroundings.version, 1);
    assert.equal(pool.snapshot().rows.length, 3);
    assert.equal(surroundings.prober.probes.length, 3);
    assert.deepEqual(surroundings.events, [
      { event: "added", pool: "web", backend: "web/c", address: null, reason: "at run time" },
    ]);
  });

  it("looks a name up", () => {
    const { pool, surroundings } = startWorld();
    pool.add("c.internal:80");
    assert.equal(surroundings.names.watched[0]?.name, "c.internal");
  });

  it("waits for the start, and touches nothing after the close", () => {
    const { pool, surroundings, names } = createWorld();
    pool.add("10.0.0.3:80");
    pool.remove("a");
    assert.equal(surroundings.prober.probes.length, 0);
    void pool.start();
    assert.equal(surroundings.prober.probes.length, 2);
    pool.close();
    pool.add("10.0.0.4:80");
    pool.add("d.internal:80");
    assert.deepEqual(names(), ["b", "10.0.0.3:80", "10.0.0.4:80", "d.internal:80"]);
    assert.ok(surroundings.prober.probes.every(({ isStopped }) => isStopped));
    assert.equal(surroundings.names.watched.length, 0);
  });

  it("refuses a name that is taken", () => {
    const { pool, surroundings } = startWorld();
    assert.throws(() => pool.add({ address: "10.0.0.9:80", name: "a" }), {
      code: "LB_DUPLICATE_BACKEND",
      message: 'pool "web" has a backend "a" already; give this one another name, or remove that one first',
    });
    assert.equal(surroundings.version, 0);
  });

  it("refuses options that make no sense, with all problems", () => {
    const { pool, names } = startWorld();
    const options = { address: "10.0.0.9:80", weight: -1, wieght: 2 } as unknown as BackendOptions;
    assert.throws(() => pool.add(options), { code: "LB_CONFIG", message: /pools\.web\.add\.weight[\s\S]*wieght/ });
    assert.throws(() => pool.add("nonsense"), { code: "LB_CONFIG" });
    assert.deepEqual(names(), ["a", "b"]);
  });

  it("refuses when there is no place, and leaves nothing behind", () => {
    const { pool, surroundings, names } = startWorld();
    for (let row = 2; row < TABLE_ROWS; row++) surroundings.rows.take();
    assert.throws(() => pool.add("10.0.0.3:80"), { code: "LB_TOO_MANY_BACKENDS" });
    assert.deepEqual(names(), ["a", "b"]);
    assert.equal(surroundings.version, 0);
    assert.equal(surroundings.prober.probes.length, 2);
  });
});

describe("PoolHandle.remove", () => {
  it("takes a backend out at once; its row is used again after its last session", () => {
    const { pool, surroundings, names } = startWorld();
    const { table, rows } = surroundings;
    table.admit(0);
    pool.remove("a");
    assert.deepEqual(names(), ["b"]);
    assert.deepEqual(
      pool.snapshot().rows.map(({ name }) => name),
      ["b"],
    );
    assert.deepEqual(surroundings.events, [
      { event: "removed", pool: "web", backend: "web/a", address: null, reason: "at run time" },
    ]);
    assert.equal(rows.take(), 2);
    table.release(0);
    assert.equal(rows.take(), 0);
  });

  it("lets the name be used again", () => {
    const { pool, names } = startWorld();
    pool.remove("a");
    pool.add({ address: "10.0.0.1:80", name: "a" });
    assert.deepEqual(names(), ["b", "a"]);
  });
});

describe("PoolHandle.drain and ready", () => {
  it("take a backend out of rotation and back, and probes go on", () => {
    const { pool, surroundings } = startWorld();
    pool.drain("a");
    assert.equal(pool.backends()[0]?.addresses[0]?.state, "drain");
    assert.equal(pool.usableCount(), 1);
    pool.ready("a");
    assert.equal(pool.usableCount(), 2);
    assert.ok(surroundings.prober.probes.every(({ isStopped }) => !isStopped));
    assert.deepEqual(
      surroundings.audits.map(({ action, subject, change }) => [action, subject, change]),
      [
        ["backend-changed", "web/a", { state: "drain" }],
        ["backend-changed", "web/a", { state: "ready" }],
      ],
    );
  });

  it("do so before the start as well", () => {
    const { pool } = createWorld();
    pool.drain("a");
    void pool.start();
    assert.equal(pool.usableCount(), 1);
  });
});

describe("PoolHandle.weigh", () => {
  it("sets the weight for every data plane", () => {
    const { pool, surroundings } = startWorld();
    pool.weigh("a", 200);
    assert.equal(surroundings.table.weight[0], 200);
    assert.equal(pool.snapshot().rows[0]?.weight, 200);
    assert.equal(pool.backends()[0]?.weight, 200);
    assert.equal(surroundings.version, 1);
  });

  it("refuses what is no weight", () => {
    const { pool, surroundings } = startWorld();
    for (const weight of [-1, 257, 1.5, Number.NaN]) {
      assert.throws(() => pool.weigh("a", weight), { code: "LB_CONFIG", message: /pools\.web\.weigh/ });
    }
    assert.equal(surroundings.table.weight[0], 1);
  });
});

describe("PoolHandle", () => {
  it("refuses a name that it does not have, and says which it has", () => {
    const { pool } = startWorld();
    const message = 'pool "web" has no backend "c"; it has: a, b';
    for (const change of [
      () => pool.remove("c"),
      () => pool.drain("c"),
      () => pool.ready("c"),
      () => pool.weigh("c", 1),
      () => pool.change("c", { weight: 1 }),
      () => pool.restore("c"),
    ]) {
      assert.throws(change, { code: "LB_UNKNOWN_BACKEND", message });
    }
    assert.throws(() => startWorld([]).pool.drain("c"), { message: /it has: none/ });
  });
});

describe("a pool that is configured anew", () => {
  function reconfigure({ pool }: World, backends: Backends, options: Partial<PoolConfig> = {}) {
    const change = diffPool(pool.config, poolConfig(backends, options));
    const prepared = new Map(pool.missing(change).map((config) => [config.name, pool.prepare(config).backend]));
    return pool.apply(change, prepared);
  }

  it("keeps the rows of backends that stay, and tells which have gone", () => {
    const world = startWorld();
    const [a, b] = world.pool.snapshot().rows;
    const { rows, events } = reconfigure(world, [
      { address: "10.0.0.3:80", name: "c" },
      { address: "10.0.0.2:80", name: "b", weight: 9 },
    ]);
    assert.deepEqual(world.names(), ["c", "b"]);
    assert.deepEqual(rows, [a?.row]);
    assert.deepEqual(events, [
      { event: "removed", name: "a" },
      { event: "added", name: "c" },
    ]);
    const kept = world.pool.snapshot().rows.find(({ name }) => name === "b");
    assert.deepEqual([kept?.row, kept?.generation, kept?.weight, kept?.backup], [b?.row, b?.generation, 9, false]);
  });

  it("replaces a backend that has moved", () => {
    const world = startWorld();
    const { rows, events } = reconfigure(world, [
      { address: "10.0.0.9:80", name: "a" },
      { address: "10.0.0.2:80", name: "b", weight: 2, backup: true },
    ]);
    assert.equal(rows.length, 1);
    assert.deepEqual(events, [{ event: "added", name: "a" }]);
    assert.deepEqual(
      world.pool.backends().map(({ name, addresses }) => [name, addresses[0]?.address]),
      [
        ["a", "10.0.0.9:80"],
        ["b", "10.0.0.2:80"],
      ],
    );
  });

  it("takes over a backend that was added at run time, once the configuration names it", () => {
    const world = startWorld();
    world.pool.add({ address: "10.0.0.3:80", name: "c" });
    const row = world.pool.snapshot().rows.find(({ name }) => name === "c")?.row;
    const added = reconfigure(world, [...TWO, { address: "10.0.0.3:80", name: "c", weight: 4 }]);
    assert.deepEqual(added.events, []);
    assert.deepEqual(
      world.pool
        .snapshot()
        .rows.filter(({ name }) => name === "c")
        .map((each) => [each.row, each.weight]),
      [[row, 4]],
    );
    reconfigure(world, TWO);
    assert.deepEqual(world.names(), ["a", "b"]);
  });

  it("brings back what was removed at run time only when the configuration says something else of it", () => {
    const world = startWorld();
    world.pool.remove("a");
    reconfigure(world, TWO, { attempts: 7 });
    assert.deepEqual(world.names(), ["b"]);
    reconfigure(world, [{ address: "10.0.0.1:80", name: "a", weight: 3 }, ...TWO.slice(1)]);
    assert.deepEqual(world.names(), ["a", "b"]);
  });

  it("probes and looks up anew where these rules have changed, and only there", () => {
    const world = startWorld(["a.internal:80", "10.0.0.2:80"]);
    const { names, prober } = world.surroundings;
    reconfigure(world, ["a.internal:80", "10.0.0.2:80"], { attempts: 2 });
    assert.deepEqual([names.watched.length, prober.probes.length], [1, 1]);
    reconfigure(world, ["a.internal:80", "10.0.0.2:80"], { attempts: 2, resolveIntervalMs: 5_000 });
    assert.deepEqual([names.watched.at(-1)?.intervalMs, names.watched.length, prober.probes.length], [5_000, 2, 1]);
    const { probe: _probe, ...config } = world.pool.config;
    reconfigure(world, ["a.internal:80", "10.0.0.2:80"], { ...config, backends: config.backends, probe: undefined });
    assert.deepEqual(
      prober.probes.map(({ isStopped }) => isStopped),
      [true],
    );
  });

  it("gives back what was prepared in vain", () => {
    const world = startWorld();
    const { rows } = world.surroundings;
    const { spare } = rows;
    const change = diffPool(world.pool.config, poolConfig([...TWO, "10.0.0.3:80"]));
    const [config] = world.pool.missing(change);
    assert.ok(config !== undefined);
    const { backend } = world.pool.prepare(config);
    assert.equal(rows.spare, spare - 1);
    backend.remove();
    world.surroundings.publish();
    assert.equal(rows.spare, spare);
    assert.deepEqual(world.names(), ["a", "b"]);
  });

  it("dissolves with all its backends", () => {
    const world = startWorld();
    const rows = world.pool.snapshot().rows.map(({ row }) => row);
    assert.deepEqual(world.pool.dissolve(), rows);
    assert.deepEqual(world.names(), []);
  });
});
