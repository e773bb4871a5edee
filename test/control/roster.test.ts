import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Config } from "../../src/config/config.ts";
import { diffConfig } from "../../src/config/diff.ts";
import type { ListenerOptions, PoolOptions } from "../../src/config/options.ts";
import { resolve } from "../../src/config/resolve.ts";
import { Roster } from "../../src/control/roster.ts";
import { Totals } from "../../src/session/totals.ts";
import { createTestSurroundings } from "./test-surroundings.ts";

const QUIET = { acknowledgedVersion: 99, nowMs: 1, oldestAtMs: Number.POSITIVE_INFINITY };

function config(
  listeners: Readonly<Record<string, string>>,
  more: Partial<ListenerOptions> = {},
  pool: Partial<PoolOptions> = {},
): Config {
  const pools = [...new Set(Object.values(listeners))].map((name) => [name, { backends: [], probe: "off", ...pool }]);
  return resolve({
    listeners: Object.fromEntries(
      Object.entries(listeners).map(([name, to], index) => [name, { listen: `:${8_000 + index}`, pool: to, ...more }]),
    ),
    pools: Object.fromEntries(pools),
  });
}

function createRoster(first: Config) {
  const surroundings = createTestSurroundings();
  const roster = new Roster(first, new Totals([surroundings.counters]), surroundings);
  function change(next: Config): void {
    const diff = diffConfig(roster.config, next);
    roster.checkRoom(diff);
    roster.admit(diff);
    roster.commit(diff, roster.poolChanges(diff), new Map());
    surroundings.publish();
  }
  return { roster, change, surroundings };
}

function names({ roster }: { readonly roster: Roster }): unknown {
  const { listeners, pools } = roster.snapshot(1);
  return { listeners: listeners.map(({ name }) => name).sort(), pools: pools.map(({ name }) => name).sort() };
}

describe("Roster", () => {
  it("gives a listener that has changed another revision, and the others what they had", () => {
    const world = createRoster(config({ web: "a", db: "b" }));
    const [web, db] = world.roster.listeners;
    const next = config({ web: "a", db: "b" });
    const [first, ...others] = next.listeners;
    assert.ok(first !== undefined && web !== undefined);
    world.change({ ...next, listeners: [{ ...first, idleTimeoutMs: 7 }, ...others] });
    const [changed, same] = world.roster.listeners;
    assert.equal(same, db);
    assert.notEqual(changed?.revision, web.revision);
    assert.deepEqual([changed?.slot, changed?.lane, changed?.idleTimeoutMs], [web.slot, web.lane, 7]);
  });

  it("keeps what has left in the snapshot, until it is released", () => {
    const world = createRoster(config({ web: "a", db: "b" }));
    const { roster } = world;
    const gone = roster.listeners[1];
    world.change(config({ web: "a" }));
    assert.deepEqual(
      roster.listeners.map(({ name }) => name),
      ["web"],
    );
    assert.deepEqual([...roster.pools.keys()], ["a"]);
    assert.deepEqual(names(world), { listeners: ["db", "web"], pools: ["a", "b"] });
    assert.equal(roster.listenerOf(gone?.slot ?? -1), gone);
    assert.equal(roster.pool("b")?.name, "b");
    roster.releaseListener("db");
    roster.releasePool("b");
    assert.deepEqual(names(world), { listeners: ["web"], pools: ["a"] });
    assert.equal(roster.listenerOf(gone?.slot ?? -1), undefined);
    assert.deepEqual(roster.releasePool("b"), []);
  });

  it("takes back what returns before it was released, with all that is known of it", () => {
    const world = createRoster(config({ web: "a", db: "b" }));
    const { roster } = world;
    const before = { slot: roster.listeners[1]?.slot, pool: roster.pool("b") };
    world.change(config({ web: "a" }));
    world.change(config({ web: "a", db: "b" }, {}, { attempts: 7 }));
    assert.deepEqual({ slot: roster.listeners[1]?.slot, pool: roster.pool("b") }, before);
    assert.equal(roster.pool("b")?.config.attempts, 7);
    assert.deepEqual([roster.leavingListeners.size, roster.leavingPools.size], [0, 0]);
  });

  it("takes in what is new beside the old, and takes that back", () => {
    const world = createRoster(config({ web: "a" }));
    const { roster } = world;
    const before = names(world);
    const diff = diffConfig(roster.config, config({ web: "b", db: "c" }));
    const pools = roster.admit(diff);
    assert.deepEqual(
      pools.map(({ name }) => name),
      ["b", "c"],
    );
    assert.deepEqual(names(world), { listeners: ["db", "web"], pools: ["a", "b", "c"] });
    assert.equal(roster.listeners.find(({ name }) => name === "web")?.pool, "a", "nobody is led there yet");
    assert.deepEqual(roster.withdraw(diff), pools);
    assert.deepEqual(names(world), before);
  });

  it("uses the places of what has gone again, once nobody counts on them", () => {
    const world = createRoster(config({ web: "a" }));
    const { roster } = world;
    const places = new Set<string>();
    for (let round = 0; round < 50; round++) {
      world.change(config({ [`l${round}`]: `p${round}` }));
      for (const name of roster.leavingListeners.keys()) roster.releaseListener(name);
      for (const name of roster.leavingPools.keys()) roster.releasePool(name);
      world.surroundings.publish();
      roster.reclaim({ ...QUIET, nowMs: round });
      const [listener] = roster.listeners;
      const [pool] = roster.pools.values();
      places.add(`${listener?.slot} ${listener?.lane} ${pool?.counterSlot}`);
    }
    assert.ok(places.size <= 4, [...places].join(", "));
  });

  it("refuses what finds no place", () => {
    const many = (start: number) =>
      config(Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`l${start + index}`, "a"])));
    const world = createRoster(many(0));
    for (const start of [1_000, 2_000, 3_000]) world.change(many(start));
    assert.throws(() => world.change(many(4_000)), {
      code: "LB_CONFIG",
      message: /listeners: there are no places left/,
    });
  });
});
