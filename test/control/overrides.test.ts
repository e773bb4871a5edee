import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PoolConfig } from "../../src/config/config.ts";
import { diffPool } from "../../src/config/diff.ts";
import type { BackendOptions } from "../../src/config/options.ts";
import { Overrides } from "../../src/control/overrides.ts";
import { ControlPool } from "../../src/control/pool.ts";
import { isoTime } from "../../src/observe/iso-time.ts";
import { createTestSurroundings, poolConfig, type TestSurroundings } from "./test-surroundings.ts";

interface World {
  readonly surroundings: TestSurroundings;
  readonly pool: ControlPool;
  /** Of each backend: name, state, weight and limit. */
  readonly inForce: () => readonly (readonly unknown[])[];
  /** What is not null of each override. */
  readonly overrides: () => readonly Readonly<Record<string, unknown>>[];
}

type Backends = readonly (string | BackendOptions)[];

const A = { address: "10.0.0.1:80", name: "a" } as const;
const B = { address: "10.0.0.2:80", name: "b", weight: 2, maxConnections: 50 } as const;

function startWorld(backends: Backends = [A, B]): World {
  const surroundings = createTestSurroundings();
  const pool = new ControlPool(poolConfig(backends), 4, surroundings);
  void pool.start();
  return {
    surroundings,
    pool,
    inForce: () =>
      pool.backends().map(({ name, state, weight, maxConnections }) => [name, state, weight, maxConnections]),
    overrides: () =>
      pool
        .overrides()
        .map(({ pool: _pool, by: _by, at: _at, ...values }) =>
          Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)),
        ),
  };
}

/** As a reload does. */
function reconfigure({ pool }: World, backends: Backends, options: Partial<PoolConfig> = {}): void {
  const change = diffPool(pool.config, poolConfig(backends, options));
  const prepared = new Map(pool.missing(change).map((config) => [config.name, pool.prepare(config).backend]));
  pool.apply(change, prepared);
}

describe("an override", () => {
  it("says what was set, by whom and when, and is shown with the backend", () => {
    const { pool, surroundings, inForce } = startWorld();
    pool.change("a", { state: "drain", weight: 9, maxConnections: 7 }, { by: "token", client: "127.0.0.1:9" });
    const override = {
      pool: "web",
      backend: "a",
      membership: null,
      state: "drain",
      weight: 9,
      maxConnections: 7,
      by: "token",
      at: isoTime(surroundings.clock.wallMs()),
    };
    assert.deepEqual(pool.overrides(), [override]);
    assert.deepEqual(pool.backends()[0]?.override, override);
    assert.equal(pool.backends()[1]?.override, null);
    assert.deepEqual(inForce()[0], ["a", "drain", 9, 7]);
    assert.deepEqual([surroundings.table.weight[0], surroundings.table.limit[0]], [9, 7]);
    assert.deepEqual(surroundings.audits, [
      {
        action: "backend-changed",
        by: "token",
        client: "127.0.0.1:9",
        subject: "web/a",
        change: { state: "drain", weight: 9, maxConnections: 7 },
      },
    ]);
  });

  it("is by `api` where nobody says who it is", () => {
    const { pool } = startWorld();
    pool.drain("a");
    assert.equal(pool.overrides()[0]?.by, "api");
    pool.weigh("a", 3, "a script");
    assert.deepEqual([pool.overrides()[0]?.by, pool.overrides().length], ["a script", 1]);
  });

  it("is none where what is set is so already: nothing is published, audited or dated anew", () => {
    const { pool, surroundings } = startWorld();
    pool.change("b", { state: "ready", weight: 2, maxConnections: 50 });
    pool.change("a", { maxConnections: "off" });
    pool.change("a", {});
    assert.deepEqual([pool.overrides(), surroundings.audits, surroundings.version], [[], [], 0]);
    pool.change("a", { weight: 5 }, "one");
    surroundings.clock.advance(1_000);
    const before = pool.overrides();
    pool.change("a", { weight: 5 }, "two");
    assert.deepEqual(pool.overrides(), before);
    assert.deepEqual([surroundings.audits.length, surroundings.version], [1, 1]);
  });

  it("is gone once it says what the configuration says", () => {
    const { pool, overrides, inForce } = startWorld();
    pool.change("b", { state: "maintenance", weight: 5, maxConnections: "off" });
    assert.deepEqual(inForce()[1], ["b", "maintenance", 5, null]);
    assert.deepEqual(overrides(), [{ backend: "b", state: "maintenance", weight: 5, maxConnections: "off" }]);
    pool.change("b", { weight: 2 });
    assert.deepEqual(overrides(), [{ backend: "b", state: "maintenance", maxConnections: "off" }]);
    pool.ready("b");
    pool.change("b", { maxConnections: 50 });
    assert.deepEqual(overrides(), []);
    assert.deepEqual(inForce()[1], ["b", "ready", 2, 50]);
  });

  it("changes nothing where a part of it can't be, and all problems are told", () => {
    const { pool, overrides, surroundings } = startWorld();
    const wrong: unknown = { state: "drian", weight: 300, maxConnections: 0, wieght: 1 };
    assert.throws(
      () => pool.change("a", wrong as never),
      (error: Error) => {
        assert.match(error.message, /pools\.web\.change\.state: got "drian".*did you mean drain/);
        assert.match(error.message, /pools\.web\.change\.weight: got 300, expected a whole number from 0 to 256/);
        assert.match(error.message, /pools\.web\.change\.maxConnections: got 0, expected .*"off"/);
        assert.match(error.message, /unknown key "wieght"/);
        return true;
      },
    );
    assert.deepEqual([overrides(), surroundings.audits], [[], []]);
  });

  it("is for new addresses of a name as well", () => {
    const { pool, surroundings } = startWorld([{ address: "a.internal:80", name: "a" }]);
    pool.change("a", { maxConnections: 3, weight: 4, state: "drain" });
    surroundings.names.resolve("a.internal", ["10.0.0.7"]);
    const [row] = pool.snapshot().rows;
    assert.deepEqual([row?.weight, surroundings.table.limit[row?.row ?? -1]], [4, 3]);
    assert.equal(pool.backends()[0]?.addresses[0]?.state, "drain");
  });
});

describe("PoolHandle.restore", () => {
  it("goes back to what the configuration says", () => {
    const { pool, inForce, overrides, surroundings } = startWorld();
    pool.change("b", { state: "drain", weight: 0, maxConnections: 1 });
    assert.equal(pool.restore("b", "me"), true);
    assert.deepEqual(inForce()[1], ["b", "ready", 2, 50]);
    assert.deepEqual(overrides(), []);
    assert.deepEqual(pool.snapshot().rows[1]?.weight, 2);
    assert.deepEqual(surroundings.audits.at(-1), {
      action: "override-removed",
      by: "me",
      client: null,
      subject: "web/b",
      change: { state: "drain", weight: 0, maxConnections: 1 },
    });
    assert.equal(pool.restore("b"), false, "nothing was set");
    assert.equal(surroundings.audits.length, 2);
  });

  it("brings a removed backend back: with its sessions, its counts and its place", () => {
    const { pool, surroundings, overrides } = startWorld();
    const { counters, table } = surroundings;
    table.admit(0);
    counters.countBackendSession(0, 5, 7);
    pool.weigh("a", 3);
    pool.remove("a");
    assert.deepEqual(overrides(), [{ backend: "a", membership: "removed" }]);
    assert.deepEqual(
      pool.backends().map(({ name }) => name),
      ["b"],
    );
    assert.equal(pool.restore("a"), true);
    const [a, b] = pool.backends();
    assert.deepEqual([a?.name, a?.active, a?.bytesUp, a?.weight, a?.state, b?.name], ["a", 1, 5, 1, "ready", "b"]);
    assert.deepEqual(overrides(), []);
    assert.deepEqual(
      surroundings.events.map(({ event, backend }) => [event, backend]),
      [
        ["removed", "web/a"],
        ["added", "web/a"],
      ],
    );
  });

  it("removes a backend that was added", () => {
    const { pool, overrides } = startWorld();
    pool.add({ address: "10.0.0.3:80", name: "c", weight: 3 });
    assert.deepEqual(overrides(), [{ backend: "c", membership: "added" }]);
    pool.weigh("c", 5);
    assert.deepEqual(overrides(), [{ backend: "c", membership: "added", weight: 5 }]);
    pool.weigh("c", 3);
    assert.deepEqual(overrides(), [{ backend: "c", membership: "added" }]);
    assert.equal(pool.restore("c"), true);
    assert.deepEqual(
      pool.backends().map(({ name }) => name),
      ["a", "b"],
    );
    assert.deepEqual(overrides(), []);
  });

  it("brings the configured backend back in the place of another that was added under its name", () => {
    const { pool, overrides } = startWorld();
    pool.remove("a");
    pool.add({ address: "10.0.0.9:80", name: "a" });
    assert.deepEqual(overrides(), [{ backend: "a", membership: "added" }]);
    pool.restore("a");
    assert.deepEqual(
      pool.backends().map(({ name, addresses }) => [name, addresses[0]?.address]),
      [
        ["a", "10.0.0.1:80"],
        ["b", "10.0.0.2:80"],
      ],
    );
    assert.deepEqual(overrides(), []);
  });
});

describe("what was added and removed again", () => {
  it("leaves no override", () => {
    const { pool, overrides } = startWorld();
    pool.add({ address: "10.0.0.3:80", name: "c" });
    pool.remove("c");
    assert.deepEqual(overrides(), []);
    pool.remove("a");
    pool.add({ ...A });
    assert.deepEqual(overrides(), []);
    assert.throws(() => pool.restore("c"), { code: "LB_UNKNOWN_BACKEND" });
  });
});

describe("an override, over a reload", () => {
  it("lives while the configuration says the same about its key", () => {
    const world = startWorld();
    const { pool, inForce, overrides } = world;
    pool.change("b", { state: "drain", weight: 7, maxConnections: 9 });
    reconfigure(world, [A, B, "10.0.0.3:80"], { attempts: 5 });
    assert.deepEqual(inForce()[1], ["b", "drain", 7, 9]);
    reconfigure(world, [A, { ...B, backup: true, weight: 4 }]);
    assert.deepEqual(inForce()[1], ["b", "drain", 4, 9]);
    assert.deepEqual(overrides(), [{ backend: "b", state: "drain", maxConnections: 9 }]);
    reconfigure(world, [A, { ...B, weight: 4, maxConnections: 60 }]);
    assert.deepEqual(inForce()[1], ["b", "drain", 4, 60]);
    assert.deepEqual(overrides(), [{ backend: "b", state: "drain" }]);
  });

  it("lives when its backend moves to another address", () => {
    const world = startWorld();
    world.pool.change("b", { state: "drain", weight: 7, maxConnections: 3 });
    reconfigure(world, [A, { ...B, address: "10.0.0.9:80" }]);
    assert.deepEqual(world.inForce()[1], ["b", "drain", 7, 3]);
    assert.deepEqual(world.surroundings.table.limit[world.pool.snapshot().rows[1]?.row ?? -1], 3);
  });

  it("dies with its backend", () => {
    const world = startWorld();
    world.pool.drain("b");
    world.pool.remove("a");
    reconfigure(world, ["10.0.0.3:80"]);
    assert.deepEqual(world.overrides(), []);
    reconfigure(world, [A, B]);
    assert.deepEqual(world.inForce(), [
      ["a", "ready", 1, null],
      ["b", "ready", 2, 50],
    ]);
  });

  it("keeps a backend out that was removed, until the configuration says something else of it", () => {
    const world = startWorld();
    world.pool.remove("a");
    reconfigure(world, [A, { ...B, weight: 3 }]);
    assert.deepEqual(world.overrides(), [{ backend: "a", membership: "removed" }]);
    reconfigure(world, [{ ...A, weight: 3 }, B]);
    assert.deepEqual(world.overrides(), []);
    assert.deepEqual(world.inForce()[0], ["a", "ready", 3, null]);
    assert.equal(world.pool.restore("a"), false);
  });

  it("keeps one that was added, and is none any more once the configuration names it: but for its state", () => {
    const world = startWorld();
    world.pool.add({ address: "10.0.0.3:80", name: "c", weight: 4 });
    world.pool.change("c", { state: "drain", weight: 6 });
    reconfigure(world, [A, B], { attempts: 7 });
    assert.deepEqual(world.overrides(), [{ backend: "c", membership: "added", state: "drain", weight: 6 }]);
    reconfigure(world, [A, B, { address: "10.0.0.3:80", name: "c", weight: 4 }]);
    assert.deepEqual(world.overrides(), [{ backend: "c", state: "drain" }]);
    assert.deepEqual(world.inForce()[2], ["c", "drain", 4, null]);
  });
});

describe("Overrides", () => {
  it("keeps the order in which backends were first set, and forgets what is empty", () => {
    const overrides = new Overrides("web");
    overrides.set("b", { weight: 1 }, "x", "t1");
    overrides.set("a", { weight: 2 }, "x", "t2");
    overrides.set("b", { state: "drain" }, "y", "t3");
    assert.deepEqual(
      overrides.list().map(({ backend, by, at }) => [backend, by, at]),
      [
        ["b", "y", "t3"],
        ["a", "x", "t2"],
      ],
    );
    overrides.set("b", { weight: null, state: null }, "y", "t4");
    assert.equal(overrides.of("b"), null);
    overrides.delete("a");
    assert.deepEqual(overrides.list(), []);
  });
});
