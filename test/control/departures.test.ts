import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { diffConfig } from "../../src/config/diff.ts";
import { resolve } from "../../src/config/resolve.ts";
import { Departures } from "../../src/control/departures.ts";
import { Roster } from "../../src/control/roster.ts";
import { Admission } from "../../src/session/admission.ts";
import { SessionTable } from "../../src/session/session-table.ts";
import { Totals } from "../../src/session/totals.ts";
import { createTestSurroundings } from "./test-surroundings.ts";

function createWorld(onRemove: "drain" | "close" = "drain") {
  const surroundings = createTestSurroundings();
  const { clock, log } = surroundings;
  const pool = { probe: "off", backends: ["10.0.0.1:80"], onRemove } as const;
  const listeners = { web: { listen: ":80", pool: "web" }, old: { listen: ":81", pool: "old" } };
  const full = resolve({ listeners, pools: { web: pool, old: pool } });
  const less = resolve({ listeners: { web: listeners.web }, pools: { web: pool } });
  const roster = new Roster(full, new Totals([surroundings.counters]), surroundings);
  const admission = new Admission(10);
  const sessions = new SessionTable(10);
  const aborted: unknown[] = [];
  const departures = new Departures({
    clock,
    log,
    roster,
    admission,
    publish: () => surroundings.publish(),
    dataPlane: {
      sessions: [sessions],
      abort(end, which) {
        aborted.push([end, which]);
        return Promise.resolve(1);
      },
    },
  });
  const slot = roster.listeners[1]?.slot ?? -1;
  function goTo(config: typeof full): void {
    const diff = diffConfig(roster.config, config);
    roster.commit(diff, roster.poolChanges(diff), new Map());
    departures.begin(1_000);
  }
  return {
    clock,
    roster,
    admission,
    sessions,
    aborted,
    departures,
    slot,
    surroundings,
    leave: () => goTo(less),
    stay: () => goTo(full),
  };
}

function leaving({ roster }: { readonly roster: Roster }): unknown[] {
  return [...roster.leavingListeners.keys(), ...roster.leavingPools.keys()];
}

describe("Departures", () => {
  it("let go what nobody needs, and publish that", () => {
    const world = createWorld();
    world.leave();
    assert.deepEqual(leaving(world), ["old", "old"]);
    world.clock.advance(100);
    assert.deepEqual(leaving(world), []);
    assert.equal(world.surroundings.version, 1);
    assert.equal(world.clock.pendingTimers, 0);
  });

  it("wait for the sessions of a listener, and reset them when their time is over", () => {
    const world = createWorld();
    world.admission.enter(world.slot);
    world.leave();
    world.clock.advance(900);
    assert.deepEqual([leaving(world), world.aborted], [["old"], []]);
    world.clock.advance(200);
    assert.deepEqual(world.aborted, [["shutdown", { kind: "listener", slot: world.slot }]]);
    world.clock.advance(1_000);
    assert.equal(world.aborted.length, 1, "once");
    world.admission.leave(world.slot);
    world.clock.advance(100);
    assert.deepEqual(leaving(world), []);
  });

  it("keep a pool for who may be on the way to it", () => {
    const world = createWorld();
    const place = world.sessions.enter(1, 0, world.clock.nowMs() - 1, "192.0.2.1:1");
    world.leave();
    world.clock.advance(500);
    assert.deepEqual(leaving(world), ["old"]);
    world.sessions.enter(2, 0, world.clock.nowMs(), "192.0.2.1:2");
    world.sessions.dialling(place, 0, 1, false);
    world.clock.advance(100);
    assert.deepEqual(leaving(world), ["old"], "it may need another backend, and was perhaps dialled early");
    world.sessions.relaying(place);
    world.clock.advance(100);
    assert.deepEqual(leaving(world), [], "the second has come later, and knows it no more");
  });

  it("do not wait longer than sessions may take", () => {
    const world = createWorld();
    world.sessions.enter(1, 0, world.clock.nowMs() - 1, "192.0.2.1:1");
    world.leave();
    world.clock.advance(1_100);
    assert.deepEqual(leaving(world), []);
    assert.deepEqual(world.aborted, [], "its sessions may finish");
  });

  it("close the sessions of a pool where it says so", async () => {
    const world = createWorld("close");
    await world.roster.pool("old")?.start();
    const rows = world.roster
      .pool("old")
      ?.snapshot()
      .rows.map(({ row }) => row);
    world.leave();
    world.clock.advance(100);
    assert.deepEqual(world.aborted, [["backend-removed", { kind: "rows", rows }]]);
  });

  it("let alone what comes back", () => {
    const world = createWorld();
    world.admission.enter(world.slot);
    world.leave();
    world.clock.advance(500);
    world.stay();
    world.clock.advance(2_000);
    assert.deepEqual([leaving(world), world.aborted, world.clock.pendingTimers], [[], [], 0]);
  });

  it("let nobody go while a reload is under way", () => {
    const world = createWorld();
    world.leave();
    world.departures.pause();
    world.clock.advance(60_000);
    assert.deepEqual(leaving(world), ["old", "old"]);
    world.departures.resume();
    world.clock.advance(100);
    assert.deepEqual(leaving(world), []);
  });

  it("end with the balancer", () => {
    const world = createWorld();
    world.leave();
    world.departures.close();
    assert.equal(world.clock.pendingTimers, 0);
  });
});
