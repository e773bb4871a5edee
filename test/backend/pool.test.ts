import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type EjectionRule, endEjection, recordFailure } from "../../src/backend/ejection.ts";
import { Pool } from "../../src/backend/pool.ts";
import { withAdministrative } from "../../src/backend/state.ts";
import { NO_LIMIT, SUSPECT_DIALS } from "../../src/backend/table.ts";
import { LeastConnections } from "../../src/balance/least-connections.ts";
import type { Candidates, Member, Policy } from "../../src/balance/policy.ts";
import { RoundRobin } from "../../src/balance/round-robin.ts";
import { SourceHash } from "../../src/balance/source-hash.ts";
import { type OpenRows, openRows } from "./open-rows.ts";
import { backendRow, poolSnapshot } from "./pool-snapshot.ts";

const RULE: EjectionRule = { failures: 1, withinMs: 1, firstMs: 10_000, longestMs: 10_000 };
const CLIENT = "192.0.2.1";

interface TestPool extends OpenRows {
  readonly pool: Pool;
  /** What the policy was shown at the last pick. */
  readonly shown: () => number[];
  /** A row, counted until the test releases it. */
  readonly pick: (tried?: readonly number[], nowMs?: number) => number;
  /** Who can be picked, without counting anything. */
  readonly candidates: (tried?: readonly number[], nowMs?: number) => number[];
  readonly eject: (row: number, nowMs?: number) => void;
}

interface TestPoolOptions {
  readonly backups?: readonly number[];
  readonly weights?: readonly number[];
  readonly limits?: readonly number[];
}

/** Picks the first candidate, and remembers all. */
class First implements Policy {
  readonly usesKey = false;
  members: readonly Member[] = [];
  shown: number[] = [];

  arrange(members: readonly Member[]): void {
    this.members = members;
  }

  pick({ ids, count }: Candidates): number {
    this.shown = [...ids.subarray(0, count)];
    return this.shown[0] ?? -1;
  }
}

function createPool(count: number, options: TestPoolOptions = {}): TestPool {
  const { backups = [], weights = [], limits = [] } = options;
  const opened = openRows(count);
  const { table, rows } = opened;
  for (const row of rows) table.open(row, weights[row] ?? 1, limits[row] ?? NO_LIMIT);
  const policy = new First();
  const described = rows.map((row) => backendRow(row, { backup: backups.includes(row), weight: weights[row] ?? 1 }));
  const pool = new Pool(poolSnapshot(described), table, policy);
  return {
    ...opened,
    pool,
    shown: () => policy.shown,
    pick: (tried = [], nowMs = 0) => pool.pick(CLIENT, tried, nowMs),
    candidates(tried = [], nowMs = 0) {
      const row = pool.pick(CLIENT, tried, nowMs);
      if (row >= 0) table.release(row);
      return policy.shown;
    },
    eject: (row, nowMs = 0) => assert.equal(recordFailure(table, row, RULE, rows, nowMs), true),
  };
}

describe("Pool.pick", () => {
  it("counts the session on the row it gives", () => {
    const { table, pick } = createPool(2);
    assert.equal(pick(), 0);
    assert.equal(pick(), 0);
    assert.deepEqual([table.active[0], table.active[1]], [2, 0]);
  });

  it("gives -1 for an empty pool", () => {
    assert.equal(createPool(0).pick(), -1);
  });

  it("passes over those that were tried, until nobody is left", () => {
    const { pick, table } = createPool(3);
    assert.equal(pick([0]), 1);
    assert.equal(pick([1, 0]), 2);
    assert.equal(pick([0, 1, 2]), -1);
    assert.deepEqual([...table.active.subarray(0, 3)], [0, 1, 1]);
  });

  it("passes over full ones, and comes back when a place is free", () => {
    const { pick, table } = createPool(2, { limits: [1, 2] });
    assert.deepEqual([pick(), pick(), pick(), pick()], [0, 1, 1, -1]);
    table.release(0);
    assert.equal(pick(), 0);
  });

  it("uses backups only when no primary can serve", () => {
    const { candidates, markDown, markUp, drain } = createPool(4, { backups: [0, 1] });
    assert.deepEqual(candidates(), [2, 3]);
    markDown(2);
    assert.deepEqual(candidates(), [3]);
    drain(3);
    assert.deepEqual(candidates(), [0, 1]);
    markUp(2);
    assert.deepEqual(candidates(), [2]);
  });

  it("uses backups for whoever has tried every primary, and when all primaries are full", () => {
    assert.deepEqual(createPool(3, { backups: [0] }).candidates([1, 2]), [0]);
    const { pick } = createPool(2, { backups: [0], limits: [NO_LIMIT, 1] });
    assert.deepEqual([pick(), pick()], [1, 0]);
  });

  it("gives weight 0 no sessions, and does as soon as the weight changes", () => {
    const { candidates, pool, table } = createPool(2, { weights: [0, 1] });
    assert.deepEqual(candidates(), [1]);
    table.setWeight(0, 4);
    pool.apply(poolSnapshot([backendRow(0, { weight: 4 }), backendRow(1)]));
    assert.deepEqual(candidates(), [0, 1]);
    table.setWeight(0, 0);
    table.setWeight(1, 0);
    assert.deepEqual(candidates(), []);
  });

  it("gives drained, removed, down and ejected ones no sessions", () => {
    const { candidates, drain, markDown, eject, table } = createPool(5);
    drain(0);
    table.changeState(1, (word) => withAdministrative(word, "removed"));
    markDown(2);
    eject(3);
    assert.deepEqual(candidates(), [4]);
  });

  it("passes over a black hole while another can serve, and returns when a dial is answered", () => {
    const { candidates, table } = createPool(2);
    for (let dial = 1; dial <= SUSPECT_DIALS; dial++) {
      assert.deepEqual(candidates(), [0, 1]);
      Atomics.add(table.suspects, 0, 1);
      table.announce();
    }
    assert.deepEqual(candidates(), [1]);
    assert.deepEqual(candidates([1]), [0], "a black hole may yet answer, a reset is certain");
    Atomics.sub(table.suspects, 0, 1);
    table.announce();
    assert.deepEqual(candidates(), [0, 1]);
  });

  it("does not take a backend for a black hole that answers other dials", () => {
    const { candidates, table } = createPool(2);
    table.suspects[0] = SUSPECT_DIALS;
    table.announce();
    assert.deepEqual(candidates(), [1]);
    endEjection(table, 0, 0);
    assert.deepEqual(candidates(), [0, 1]);
    recordFailure(table, 0, { ...RULE, failures: 9 }, [0, 1], 0);
    assert.deepEqual(candidates(), [1]);
  });

  it("prefers a backup to a black hole", () => {
    const { candidates, table } = createPool(2, { backups: [0] });
    table.suspects[1] = SUSPECT_DIALS;
    table.announce();
    assert.deepEqual(candidates(), [0]);
  });

  it("falls back to ejected ones when nobody else is left", () => {
    const { candidates, eject, markDown, pick, pool } = createPool(3);
    eject(0);
    eject(1);
    assert.deepEqual(candidates(), [2]);
    assert.deepEqual(candidates([2]), [0, 1], "for a session that has tried the others");
    assert.equal(pool.pickedTrial, false);
    markDown(2);
    assert.deepEqual(candidates(), [0, 1], "for every session when the others are down");
    assert.deepEqual([pick(), pick(), pick()], [0, 0, 0]);
    assert.equal(pool.pickedTrial, false);
  });

  it("goes by what the table says now, however often it changes", () => {
    const pools = createPool(4);
    const { markDown, markUp, candidates, rows } = pools;
    const toggles = fc.array(fc.record({ row: fc.nat({ max: 3 }), up: fc.boolean() }), { maxLength: 40 });
    fc.assert(
      fc.property(toggles, (changes) => {
        for (const row of rows) markUp(row);
        const up = new Set(rows);
        for (const change of changes) {
          if (change.up) markUp(change.row);
          else markDown(change.row);
          if (change.up) up.add(change.row);
          else up.delete(change.row);
          assert.deepEqual(
            candidates(),
            rows.filter((row) => up.has(row)),
          );
        }
      }),
    );
  });

  it("gives out no place of a full row when another worker takes the last one at the same moment", () => {
    const opened = openRows(2);
    const { table } = opened;
    table.open(0, 1, 1);
    const policy = new First();
    const pick = policy.pick.bind(policy);
    policy.pick = (candidates) => {
      const row = pick(candidates);
      if (row === 0) assert.equal(table.admit(0), true);
      return row;
    };
    const pool = new Pool(poolSnapshot([backendRow(0), backendRow(1)]), table, policy);
    assert.equal(pool.pick(CLIENT, [], 0), 1);
    assert.deepEqual([table.active[0], table.active[1]], [1, 1]);
  });

  it("counts nothing when the policy throws", () => {
    const { table } = openRows(1);
    const policy = new First();
    policy.pick = () => {
      throw new Error("a function of the user's");
    };
    const pool = new Pool(poolSnapshot([backendRow(0)]), table, policy);
    assert.throws(() => pool.pick(CLIENT, [], 0), /a function of the user's/);
    assert.equal(table.active[0], 0);
  });

  it("hashes the client's address for policies that ask for it", () => {
    const { table, rows } = openRows(20);
    const pool = new Pool(poolSnapshot(rows.map((row) => backendRow(row))), table, new SourceHash());
    const picks = Array.from({ length: 50 }, (_, client) => pool.pick(`192.0.2.${client}`, [], 0));
    assert.ok(new Set(picks).size > 10);
    assert.deepEqual(
      Array.from({ length: 50 }, (_, client) => pool.pick(`192.0.2.${client}`, [], 0)),
      picks,
    );
  });
});

describe("Pool.pick after an ejection", () => {
  it("gives one trial when the time is over, by the clock alone", () => {
    const { candidates, eject, pick, pool, table } = createPool(2);
    eject(0);
    assert.deepEqual(candidates([], 9_999), [1]);
    assert.equal(pick([], 10_000), 0);
    assert.equal(pool.pickedTrial, true);
    assert.equal(pick([], 10_000), 1);
    assert.equal(pool.pickedTrial, false);
    endEjection(table, 0, 10_001);
    assert.deepEqual(candidates([], 10_001), [0, 1]);
  });

  it("keeps the place of a trial for one even where the others are full", () => {
    const { eject, pick } = createPool(2, { limits: [NO_LIMIT, 1] });
    eject(0);
    assert.deepEqual([pick([], 10_000), pick([], 10_000)], [0, 1]);
    assert.equal(pick([], 10_000), 0, "unless a session had nobody else");
  });

  it("looks elsewhere when another worker takes the trial at the same moment", () => {
    const opened = openRows(2);
    const { table, rows } = opened;
    recordFailure(table, 0, RULE, rows, 0);
    const policy = new First();
    const pick = policy.pick.bind(policy);
    const other = new Pool(poolSnapshot([backendRow(0), backendRow(1)]), table, new First());
    let isFirst = true;
    policy.pick = (candidates) => {
      const row = pick(candidates);
      if (isFirst) assert.equal(other.pick(CLIENT, [], 10_000), 0);
      isFirst = false;
      return row;
    };
    const pool = new Pool(poolSnapshot([backendRow(0), backendRow(1)]), table, policy);
    assert.equal(pool.pick(CLIENT, [], 10_000), 1);
    assert.equal(pool.pickedTrial, false);
    assert.deepEqual([table.active[0], table.active[1]], [1, 1]);
  });
});

describe("Pool.apply", () => {
  it("replaces who is there, and finds each by its row", () => {
    const { candidates, pool } = createPool(3);
    assert.deepEqual(candidates(), [0, 1, 2]);
    pool.apply(poolSnapshot([backendRow(1, { name: "left" })]));
    assert.deepEqual(candidates(), [1]);
    assert.deepEqual(pool.rows, [1]);
    assert.equal(pool.backend(1)?.identity, "web/left");
    assert.equal(pool.backend(0), undefined);
    assert.equal(pool.snapshot.rows.length, 1);
  });

  it("heeds a limit that a row is given later, and serves by the others", () => {
    const { pick, table } = createPool(2);
    assert.equal(pick(), 0);
    table.setLimit(0, 1);
    assert.deepEqual([pick(), pick()], [1, 1]);
    table.setLimit(0, NO_LIMIT);
    assert.equal(pick(), 0);
  });

  it("heeds the limit of a row that is added", () => {
    const { pool, pick, table } = createPool(1);
    table.open(1, 1, 1);
    pool.apply(poolSnapshot([backendRow(0), backendRow(1)]));
    assert.deepEqual([pick([0]), pick([0])], [1, -1]);
  });

  it("tells the policy of those with a weight, by a key that other instances share", () => {
    const { table, rows } = openRows(3);
    const policy = new First();
    const pool = new Pool(poolSnapshot([backendRow(0), backendRow(1, { weight: 0 })]), table, policy);
    assert.deepEqual(policy.members, [{ id: 0, key: "web/b0 10.0.0.0:80", weight: 1 }]);
    pool.apply(poolSnapshot(rows.map((row) => backendRow(row, { weight: row }))));
    assert.deepEqual(
      policy.members.map(({ id, weight }) => [id, weight]),
      [
        [1, 1],
        [2, 2],
      ],
    );
  });
});

describe("Pool.whyNobodyServes", () => {
  it("counts the reasons", () => {
    const { drain, markDown, eject, pick, pool, table } = createPool(7, { limits: [1] });
    pick();
    markDown(1);
    markDown(2);
    drain(3);
    eject(4);
    table.changeState(5, (word) => withAdministrative(word, "maintenance"));
    table.setWeight(6, 0);
    assert.equal(
      pool.whyNobodyServes(0),
      "1 at max-connections, 2 down, 1 drain, 1 ejected, 1 maintenance, 1 with weight 0",
    );
  });

  it("says so when there is nobody", () => {
    assert.equal(createPool(0).pool.whyNobodyServes(0), "the pool has no backend, or its names do not resolve");
  });
});

describe("a pick among 1,000 rows", () => {
  const PICKS = 500;
  const ROUNDS = 8;
  // Less than an entry of an array for each row would take.
  const BYTES_PER_PICK = 1_000;
  const cases: readonly (readonly [what: string, policy: Policy, limit: number])[] = [
    ["by least connections", new LeastConnections(0), NO_LIMIT],
    ["by least connections, with limits", new LeastConnections(0), 1_000],
    ["in turns", new RoundRobin(0), NO_LIMIT],
  ];
  for (const [what, policy, limit] of cases) {
    it(`allocates nothing for each of them ${what}`, () => {
      const { table, rows } = openRows(1_000);
      for (const row of rows) table.open(row, 1, limit);
      const pool = new Pool(poolSnapshot(rows.map((row) => backendRow(row))), table, policy);
      const pickMany = (): void => {
        for (let pick = 0; pick < PICKS; pick++) table.release(pool.pick(CLIENT, [], 0));
      };
      const measure = (): number => {
        const before = process.memoryUsage().heapUsed;
        pickMany();
        return (process.memoryUsage().heapUsed - before) / PICKS;
      };
      // What a pick allocates it allocates each time; compilers, and a collection in between, come now and then.
      const rounds = Array.from({ length: ROUNDS }, measure).filter((perPick) => perPick >= 0);
      const least = Math.min(...rounds);
      assert.ok(rounds.length === 0 || least < BYTES_PER_PICK, `${least} bytes for each pick`);
    });
  }
});
