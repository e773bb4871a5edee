import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type EjectionRule, isUsable, recordFailure } from "../../src/backend/ejection.ts";
import { FRESH, type HealthState, healthOf } from "../../src/backend/state.ts";
import { NO_LIMIT } from "../../src/backend/table.ts";
import type { BackendOptions } from "../../src/config/options.ts";
import type { ProbeTarget } from "../../src/config/probe-options.ts";
import { Endpoint, type EndpointPool } from "../../src/control/endpoint.ts";
import type { SocketAddress } from "../../src/wire/address.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { TOOK_MS } from "./scripted-prober.ts";
import { backendConfig, createTestSurroundings, PROBE, type TestSurroundings } from "./test-surroundings.ts";

const EJECTION: EjectionRule = { failures: 1, withinMs: 1, firstMs: 10_000, longestMs: 10_000 };

interface World {
  readonly surroundings: TestSurroundings;
  readonly endpoint: Endpoint;
  readonly pool: { anotherServes: boolean; lostCount: number; readonly told: string[] };
  readonly health: () => HealthState;
  /** Hands a result to its probe. @returns when it would be asked again. */
  readonly result: TestSurroundings["prober"]["result"];
}

interface WorldOptions {
  readonly backend?: Partial<BackendOptions>;
  readonly probe?: EndpointPool["probe"];
  readonly address?: SocketAddress;
}

function createWorld(options: WorldOptions = {}): World {
  const { backend = {}, address = { kind: "ip", ip: "10.0.0.1", port: 80 } } = options;
  const probe = "probe" in options ? options.probe : PROBE;
  const surroundings = createTestSurroundings();
  const pool: World["pool"] = { anotherServes: true, lostCount: 0, told: [] };
  const endpoint = new Endpoint(
    address,
    backendConfig({ address: "a.internal:80", name: "a", ...backend }),
    3,
    {
      name: "web",
      probe,
      slowStart: { overMs: 30_000, from: 0.1 },
      anotherServes: () => pool.anotherServes,
      lost: () => pool.lostCount++,
      down: (row) => pool.told.push(`down: ${row}`),
      returned: (backup) => pool.told.push(backup ? "a backup returned" : "returned"),
    },
    surroundings,
  );
  const { table, prober } = surroundings;
  return {
    surroundings,
    endpoint,
    pool,
    health: () => healthOf(table.state[endpoint.row] ?? FRESH),
    result: (result) => prober.result(result),
  };
}

describe("Endpoint", () => {
  it("opens a row with its weight and its limit", () => {
    const { endpoint, surroundings } = createWorld({ backend: { maxConnections: 50 } });
    const { table } = surroundings;
    assert.deepEqual([table.weight[endpoint.row], table.limit[endpoint.row]], [3, 50]);
    const unlimited = createWorld();
    assert.equal(unlimited.surroundings.table.limit[unlimited.endpoint.row], NO_LIMIT);
  });

  it("describes itself for a data plane as plain data", () => {
    const { endpoint, surroundings } = createWorld({ backend: { backup: true } });
    const described = endpoint.snapshot(7);
    assert.deepEqual(described, {
      row: endpoint.row,
      generation: surroundings.table.generation[endpoint.row],
      name: "a",
      identity: "web/a",
      address: { kind: "ip", ip: "10.0.0.1", port: 80 },
      addressText: "10.0.0.1:80",
      weight: 7,
      backup: true,
    });
    assert.deepEqual(structuredClone(described), described);
  });

  it("counts from the time at which it took the row", () => {
    const { surroundings } = createWorld();
    surroundings.counters.countBackendSession(1, 10, 20);
    const { rows } = surroundings;
    const later = new Endpoint(
      { kind: "unix", path: "/run/b.sock" },
      backendConfig("unix:/run/b.sock"),
      1,
      {
        name: "web",
        probe: undefined,
        slowStart: undefined,
        anotherServes: () => true,
        lost() {},
        down() {},
        returned() {},
      },
      surroundings,
    );
    assert.equal(later.row, 1);
    assert.notEqual(rows.take(), 1);
    surroundings.counters.countBackendSession(1, 1, 2);
    const { sessions, bytesUp, bytesDown } = later.counts();
    assert.deepEqual({ sessions, bytesUp, bytesDown }, { sessions: 1, bytesUp: 1, bytesDown: 2 });
  });

  it("is free after its last session, and its row then serves another", () => {
    const { endpoint, surroundings } = createWorld();
    const { table, rows, prober } = surroundings;
    table.admit(endpoint.row);
    let isFree = false;
    endpoint.remove(() => {
      isFree = true;
    });
    surroundings.publish();
    assert.equal(prober.probes[0]?.isStopped, true);
    assert.equal(endpoint.active, 1);
    rows.reclaim();
    assert.equal(isFree, false);
    table.release(endpoint.row);
    rows.reclaim();
    assert.equal(isFree, true);
  });

  it("comes back before that with what it had", () => {
    const { endpoint, surroundings, result } = createWorld();
    const { table, prober, rows } = surroundings;
    result("refused");
    table.admit(endpoint.row);
    endpoint.remove(() => assert.fail("it came back"));
    endpoint.restore(5, "drain");
    surroundings.publish();
    rows.reclaim();
    assert.equal(prober.probes.length, 2);
    assert.deepEqual(endpoint.status(), {
      address: "10.0.0.1:80",
      state: "drain",
      lastProbe: "ECONNREFUSED",
      probes: {
        ok: 0,
        failed: 1,
        lastMs: TOOK_MS,
        lastAt: "2026-01-01T00:00:00.000Z",
        lastFailure: { reason: "ECONNREFUSED", at: "2026-01-01T00:00:00.000Z" },
        certificateExpiresAt: null,
      },
      ejectedUntil: null,
      active: 1,
    });
    assert.equal(table.weight[endpoint.row], 5);
    table.release(endpoint.row);
    rows.reclaim();
    endpoint.setAdministrative("ready");
    assert.equal(endpoint.status().state, "down");
  });
});

describe("an endpoint's probe", () => {
  it("decides with the first result, says so, and counts from then on", () => {
    for (const [first, state, event, reason] of [
      ["ok", "up", "up", "probe: ok"],
      ["refused", "down", "down", "probe: ECONNREFUSED"],
    ] as const) {
      const { surroundings, result, health } = createWorld();
      assert.equal(health(), "unknown");
      result(first);
      assert.equal(health(), state);
      assert.deepEqual(surroundings.events, [{ event, pool: "web", backend: "web/a", address: "10.0.0.1:80", reason }]);
    }
  });

  it("takes fall failures to go down and rise successes to come up", () => {
    const { surroundings, result, health } = createWorld();
    for (const each of ["ok", "refused", "refused"] as const) result(each);
    assert.equal(health(), "up");
    result("refused");
    assert.equal(health(), "down");
    result("ok");
    assert.equal(health(), "down");
    result("ok");
    assert.equal(health(), "up");
    assert.deepEqual(
      surroundings.events.map(({ event }) => event),
      ["up", "down", "up"],
    );
  });

  it("comes up with the first success while nobody else serves", () => {
    const { pool, result, health } = createWorld();
    result("refused");
    pool.anotherServes = false;
    result("ok");
    assert.equal(health(), "up");
  });

  it("tells the pool of each result while it is down, and when it is back", () => {
    const { endpoint, pool, result } = createWorld();
    result("ok");
    assert.deepEqual(pool.told.splice(0), ["returned"]);
    for (let n = 0; n < 4; n++) result("refused");
    assert.deepEqual(pool.told.splice(0), [`down: ${endpoint.row}`, `down: ${endpoint.row}`]);
    result("ok");
    assert.deepEqual(pool.told.splice(0), [`down: ${endpoint.row}`], "rise counts to two");
    result("ok");
    assert.deepEqual(pool.told, ["returned"]);
  });

  it("weighs less while it starts slowly after its return", () => {
    const { endpoint, surroundings, result } = createWorld();
    result("refused");
    assert.equal(endpoint.effectiveWeight, 3, "it has been there from the start");
    result("ok");
    result("ok");
    assert.equal(endpoint.effectiveWeight, 0.3);
    surroundings.clock.advance(10_000);
    assert.equal(endpoint.effectiveWeight, 1.2);
    surroundings.clock.advance(20_000);
    assert.equal(endpoint.effectiveWeight, 3);
  });

  it("tells the pool when it goes down", () => {
    const { pool, result } = createWorld();
    result("ok");
    assert.equal(pool.lostCount, 0);
    for (let failures = 0; failures < 3; failures++) result("refused");
    assert.equal(pool.lostCount, 1);
    result("refused");
    assert.equal(pool.lostCount, 1);
  });

  it("comes every 5 s, and every second while results and state disagree", () => {
    const { result } = createWorld();
    const delays = (["ok", "refused", "refused", "ok", "refused", "refused", "refused", "ok", "ok"] as const).map(
      (each) => result(each),
    );
    assert.deepEqual(delays, [5_000, 1_000, 1_000, 5_000, 1_000, 1_000, 5_000, 1_000, 5_000]);
  });

  it("comes every second while no backend of the pool can serve", () => {
    const { pool, result, endpoint } = createWorld();
    pool.anotherServes = false;
    assert.equal(result("refused"), 1_000);
    assert.equal(result("refused"), 1_000);
    assert.equal(result("ok"), 5_000);
    endpoint.setAdministrative("drain");
    assert.equal(result("ok"), 1_000);
  });

  it("never comes more rarely while it is urgent", () => {
    const { result, pool } = createWorld({ probe: { ...PROBE, intervalMs: 200, intervalChangingMs: 1_000 } });
    pool.anotherServes = false;
    assert.equal(result("refused"), 200);
  });

  it("ends an ejection with a success, whatever its time", () => {
    const { surroundings, endpoint, result } = createWorld();
    const { table, clock } = surroundings;
    const other = surroundings.rows.take();
    table.open(other, 1, NO_LIMIT);
    result("ok");
    recordFailure(table, endpoint.row, EJECTION, [endpoint.row, other], clock.nowMs());
    assert.equal(endpoint.status().state, "ejected");
    result("refused");
    assert.equal(endpoint.status().state, "ejected");
    result("ok");
    assert.equal(endpoint.status().state, "ready");
    assert.equal(isUsable(table, endpoint.row, clock.nowMs()), true);
    assert.deepEqual(surroundings.events.at(-1), {
      event: "returned",
      pool: "web",
      backend: "web/a",
      address: "10.0.0.1:80",
      reason: "probe: ok",
    });
  });

  it("holds nothing against the backend while this machine is short of something", () => {
    const { surroundings, result, endpoint, health } = createWorld();
    const short = { kind: "inconclusive", reason: "EMFILE" } as const;
    assert.equal(result(short), 1_000);
    assert.equal(health(), "unknown");
    result("ok");
    for (let times = 0; times < 5; times++) assert.equal(result(short), 5_000);
    assert.equal(health(), "up");
    assert.equal(endpoint.status().lastProbe, "EMFILE");
    assert.equal(surroundings.events.length, 1);
  });

  it("is looked out for sooner when the pool says so", () => {
    const { endpoint, surroundings } = createWorld();
    endpoint.hasten();
    assert.deepEqual(surroundings.prober.probes[0]?.hastened, [1_000]);
  });

  it("says at debug when it begins and how it went", () => {
    const { surroundings, result } = createWorld();
    result("refused");
    const fields = { pool: "web", backend: "web/a", address: "10.0.0.1:80" };
    assert.deepEqual(surroundings.log.lines, [
      { level: "debug", event: "probe-started", fields, message: "Starting health check" },
      {
        level: "debug",
        event: "probe-completed",
        fields: { ...fields, result: "ECONNREFUSED" },
        message: "Health check completed",
      },
    ]);
  });

  it("is not there when it is off", () => {
    const { surroundings, endpoint } = createWorld({ probe: undefined });
    assert.equal(surroundings.prober.probes.length, 0);
    endpoint.hasten();
    endpoint.close();
    assert.equal(isUsable(surroundings.table, endpoint.row, 0), true);
  });

  it("ends with the endpoint", () => {
    const { surroundings, endpoint } = createWorld();
    endpoint.close();
    endpoint.close();
    assert.equal(surroundings.prober.probes[0]?.isStopped, true);
  });

  it("asks the user's function, if there is one", async () => {
    const asked: unknown[] = [];
    let problem: Error | undefined;
    const type = async (target: ProbeTarget, given: AbortSignal): Promise<void> => {
      asked.push(target, given);
      if (problem !== undefined) throw problem;
    };
    const { surroundings } = createWorld({ probe: { ...PROBE, type } });
    const [probe] = surroundings.prober.probes;
    assert.ok(probe !== undefined);
    const { signal } = new AbortController();
    const waitFor = (): void => {};
    assert.deepEqual(await probe.subject.ask({ signal, waitFor }), { kind: "ok" });
    assert.deepEqual(asked, [{ pool: "web", name: "a", address: "10.0.0.1:80" }, signal]);
    problem = new Error("status 503");
    await assert.rejects(probe.subject.ask({ signal, waitFor }), problem);
    assert.deepEqual([probe.subject.timeoutMs, probe.subject.jitter], [2_000, 0.1]);
  });

  it(
    "connects over TCP otherwise",
    withoutLeaks(async () => {
      await using server = await startPeerServer((peer) => peer.ended().then(() => peer.finish()));
      const { surroundings } = createWorld({ address: { kind: "ip", ip: server.host, port: server.port } });
      const [probe] = surroundings.prober.probes;
      const { signal } = new AbortController();
      assert.deepEqual(await probe?.subject.ask({ signal, waitFor() {} }), { kind: "ok" });
      await (await server.next()).closed();
    }),
  );
});

describe("Endpoint.probeAnew", () => {
  it("goes on from the health that is known, by the new rule", () => {
    const world = createWorld();
    world.result("refused");
    assert.equal(world.health(), "down");
    world.endpoint.probeAnew();
    const { probes } = world.surroundings.prober;
    assert.deepEqual(
      probes.map(({ isStopped }) => isStopped),
      [true, false],
    );
    assert.equal(world.health(), "down");
    world.result("ok");
    assert.equal(world.health(), "down", "rise is 2");
    world.result("ok");
    assert.equal(world.health(), "up");
  });

  it("forgets what probes have said where there are none any more", () => {
    const pool: { probe: EndpointPool["probe"] } = { probe: PROBE };
    const surroundings = createTestSurroundings();
    const endpoint = new Endpoint(
      { kind: "ip", ip: "10.0.0.1", port: 80 },
      backendConfig("10.0.0.1:80"),
      1,
      {
        name: "web",
        slowStart: undefined,
        get probe() {
          return pool.probe;
        },
        anotherServes: () => true,
        lost() {},
        down() {},
        returned() {},
      },
      surroundings,
    );
    surroundings.prober.result("refused");
    assert.equal(endpoint.status().state, "down");
    pool.probe = undefined;
    endpoint.probeAnew();
    assert.deepEqual([endpoint.status().state, endpoint.status().lastProbe], ["ready", null]);
    assert.equal(isUsable(surroundings.table, endpoint.row, 0), true);
    assert.equal(surroundings.prober.probes.filter(({ isStopped }) => !isStopped).length, 0);
  });
});
