import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BalancerOptions } from "../../src/config/options.ts";
import { resolve } from "../../src/config/resolve.ts";
import { type Assembly, assemble } from "../../src/control/assembly.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { seededRandom } from "../support/random.ts";

const OPTIONS: BalancerOptions = {
  listeners: {
    web: { listen: ":80", pool: "web", idleTimeoutMs: "off", dial: "on-data" },
    api: { listen: ":81", pool: "api" },
  },
  pools: {
    web: { backends: ["10.0.0.1:80", "10.0.0.2:80"], probe: "off" },
    api: { backends: ["10.0.0.3:80"], probe: "off" },
  },
};

function assembled(options: Partial<BalancerOptions> = {}): Assembly {
  return assemble({ clock: createFakeClock(), random: seededRandom(1) }, resolve({ ...OPTIONS, ...options }));
}

describe("assemble", () => {
  it("gives each listener and each pool a place of its own in the counters", () => {
    const { listeners, pools } = assembled().roster;
    assert.deepEqual(
      listeners.map(({ name, pool, slot, lane, lanes }) => [name, pool, slot, lane, lanes]),
      [
        ["web", "web", 0, 0, { web: 1 }],
        ["api", "api", 1, 2, { api: 3 }],
      ],
    );
    assert.deepEqual(
      [...pools].map(([name, pool]) => [name, pool.snapshot().counterSlot]),
      [
        ["web", 0],
        ["api", 1],
      ],
    );
  });

  it("describes listeners as plain data for a data plane", () => {
    const { listeners } = assembled().roster;
    assert.deepEqual(structuredClone(listeners), listeners);
    assert.equal(listeners[0]?.idleTimeoutMs, Number.POSITIVE_INFINITY);
    assert.equal(listeners[0].dial, "on-data");
  });

  it("publishes snapshots of growing versions, with all pools", async () => {
    const { dataPlane, publish, roster } = assembled();
    const { pools } = roster;
    assert.equal(dataPlane.acknowledgedVersion, 0);
    for (const pool of pools.values()) await pool.start();
    publish();
    publish();
    assert.equal(dataPlane.acknowledgedVersion, 2);
    pools.get("web")?.add("10.0.0.4:80");
    assert.equal(dataPlane.acknowledgedVersion, 3);
    for (const pool of pools.values()) pool.close();
  });

  it("frees a row when the data plane runs on a snapshot without it", async () => {
    const { publish, roster } = assembled();
    const { pools } = roster;
    const web = pools.get("web") ?? assert.fail();
    await web.start();
    publish();
    for (let round = 0; round < 100; round++) {
      web.remove("10.0.0.1:80");
      web.add("10.0.0.1:80");
    }
    const rows = web.snapshot().rows.map(({ row }) => row);
    assert.ok(Math.max(...rows) <= 2, `rows ${rows.join(", ")}`);
  });

  it("stamps the events of backends with the time", () => {
    const { events, roster } = assembled();
    const { pools } = roster;
    const heard: unknown[] = [];
    events.on("backend", (event) => heard.push(event));
    pools.get("api")?.remove("10.0.0.3:80");
    assert.deepEqual(heard, [
      {
        event: "removed",
        pool: "api",
        backend: "api/10.0.0.3:80",
        address: null,
        reason: "at run time",
        at: "2026-01-01T00:00:00.000Z",
      },
    ]);
  });

  it("admits as many sessions as are configured, or as there are descriptors for", () => {
    assert.equal(assembled({ maxConnections: 7 }).capacity.sessions, 7);
    const { sessions, affordableSessions } = assembled().capacity;
    assert.equal(sessions, affordableSessions);
    const { admission } = assembled({ maxConnections: 1 });
    assert.deepEqual([admission.enter(0), admission.enter(0)], [true, false]);
  });
});
