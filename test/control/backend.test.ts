import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { TABLE_ROWS } from "../../src/backend/table.ts";
import type { BackendOptions } from "../../src/config/options.ts";
import { Backend } from "../../src/control/backend.ts";
import { TOOK_MS } from "./scripted-prober.ts";
import { backendConfig, createTestSurroundings, PROBE, type TestSurroundings } from "./test-surroundings.ts";

interface World {
  readonly surroundings: TestSurroundings;
  readonly backend: Backend;
  readonly pool: { lostCount: number };
  readonly resolve: (...addresses: string[]) => void;
  /** Its addresses now. */
  readonly addresses: () => string[];
  /** A session on that address. @returns ends it, with so many bytes. */
  readonly session: (address: string) => (bytes: number) => void;
}

function createWorld(options: string | BackendOptions = { address: "a.internal:80", name: "a" }): World {
  const surroundings = createTestSurroundings();
  const pool = { lostCount: 0, drainAfterMs: undefined };
  const backend = new Backend(
    backendConfig(options),
    {
      name: "web",
      probe: PROBE,
      slowStart: undefined,
      resolveIntervalMs: 7_000,
      get drainAfterMs() {
        return pool.drainAfterMs;
      },
      anotherServes: () => true,
      lost: () => pool.lostCount++,
      down() {},
      returned() {},
    },
    surroundings,
  );
  return {
    surroundings,
    backend,
    pool,
    resolve: (...addresses) => surroundings.names.resolve("a.internal", addresses),
    addresses: () => backend.status().addresses.map(({ address }) => address),
    session(address) {
      const row = backend.endpoints.find(({ addressText }) => addressText === address)?.row;
      assert.ok(row !== undefined, `${address} is not an address of the backend`);
      assert.equal(surroundings.table.admit(row), true);
      return (bytes) => {
        surroundings.counters.countBackendSession(row, bytes, 0);
        surroundings.table.release(row);
      };
    },
  };
}

describe("Backend", () => {
  it("does nothing before its start", () => {
    const { backend, surroundings } = createWorld("10.0.0.1:80");
    assert.deepEqual(backend.snapshot(), []);
    assert.deepEqual(backend.status().addresses, []);
    assert.equal(surroundings.prober.probes.length, 0);
    assert.equal(surroundings.names.watched.length, 0);
  });

  it("has one endpoint where its address is an address, and asks nobody", async () => {
    for (const address of ["10.0.0.1:80", "[::1]:80", "unix:/run/a.sock"]) {
      const { backend, surroundings, addresses } = createWorld(address);
      await backend.start();
      assert.deepEqual(addresses(), [address]);
      assert.equal(surroundings.names.watched.length, 0);
      assert.equal(surroundings.prober.probes.length, 1);
    }
  });

  it("has an endpoint for each address of its name", async () => {
    const { backend, surroundings, resolve, addresses } = createWorld();
    const started = backend.start();
    assert.deepEqual(
      surroundings.names.watched.map(({ name, intervalMs }) => [name, intervalMs]),
      [["a.internal", 7_000]],
    );
    resolve("10.0.0.1", "10.0.0.2", "fd00::1");
    await started;
    assert.deepEqual(addresses(), ["10.0.0.1:80", "10.0.0.2:80", "[fd00::1]:80"]);
    assert.deepEqual(
      backend.snapshot().map(({ name, identity, weight }) => [name, identity, weight]),
      Array.from({ length: 3 }, () => ["a", "web/a", 1]),
    );
    assert.equal(surroundings.version, 1);
    assert.deepEqual(surroundings.events[2], {
      event: "added",
      pool: "web",
      backend: "web/a",
      address: "[fd00::1]:80",
      reason: "the name resolves to it",
    });
  });

  it("counts the probes of all its addresses, also of those that it has no more", () => {
    const { backend, resolve, surroundings } = createWorld();
    const { prober } = surroundings;
    void backend.start();
    resolve("10.0.0.1", "10.0.0.2");
    prober.result({ kind: "ok", certificateExpiresAt: "2021-01-01T00:00:00.000Z" }, 0);
    surroundings.clock.advance(5_000);
    prober.result({ kind: "failed", reason: "no", certificateExpiresAt: "2120-01-01T00:00:00.000Z" }, 1);
    const lastAt = "2026-01-01T00:00:05.000Z";
    const counted = { ok: 1, failed: 1, lastMs: TOOK_MS, lastAt, lastFailure: { reason: "no", at: lastAt } };
    assert.deepEqual(backend.status().probes, { ...counted, certificateExpiresAt: "2021-01-01T00:00:00.000Z" });
    resolve("10.0.0.2");
    surroundings.rows.reclaim();
    assert.deepEqual(backend.status().probes, { ...counted, certificateExpiresAt: "2120-01-01T00:00:00.000Z" });
  });

  it("publishes nothing when an answer is the one before", () => {
    const { backend, surroundings, resolve } = createWorld();
    void backend.start();
    resolve("10.0.0.1", "10.0.0.2");
    resolve("10.0.0.1", "10.0.0.2");
    assert.equal(surroundings.version, 1);
    assert.equal(surroundings.events.length, 2);
  });

  it("moves with its name, and lets the sessions of former addresses go on", () => {
    const { backend, surroundings, pool, resolve, addresses, session } = createWorld();
    void backend.start();
    resolve("10.0.0.1", "10.0.0.2");
    const end = session("10.0.0.1:80");
    const kept = backend.endpoints[1];
    resolve("10.0.0.2", "10.0.0.3");
    assert.deepEqual(addresses(), ["10.0.0.2:80", "10.0.0.3:80"]);
    assert.equal(backend.endpoints[0], kept);
    assert.equal(backend.status().active, 1);
    assert.deepEqual(
      surroundings.prober.probes.map(({ isStopped }) => isStopped),
      [true, false, false],
    );
    assert.deepEqual(surroundings.events.at(-1), {
      event: "removed",
      pool: "web",
      backend: "web/a",
      address: "10.0.0.1:80",
      reason: "the name does not resolve to it any more",
    });
    assert.equal(pool.lostCount, 1);
    end(100);
    assert.equal(backend.status().active, 0);
    assert.equal(backend.status().bytesUp, 100);
  });

  it("takes an address that comes back as the one it was: its limit holds", () => {
    const { backend, surroundings, resolve, session } = createWorld({ address: "a.internal:80", maxConnections: 2 });
    void backend.start();
    resolve("10.0.0.1", "10.0.0.2");
    const before = backend.endpoints[0];
    const ends = [session("10.0.0.1:80"), session("10.0.0.1:80")];
    resolve("10.0.0.2");
    backend.setWeight(9);
    backend.setAdministrative("drain");
    resolve("10.0.0.1", "10.0.0.2");
    assert.equal(backend.endpoints.includes(before ?? assert.fail()), true);
    assert.equal(surroundings.table.admit(before?.row ?? -1), false);
    assert.deepEqual(
      backend.status().addresses.map(({ state }) => state),
      ["drain", "drain"],
    );
    assert.equal(surroundings.table.weight[before?.row ?? -1], 9);
    for (const end of ends) end(1);
    const { active, sessions, bytesUp } = backend.status();
    assert.deepEqual({ active, sessions, bytesUp }, { active: 0, sessions: 2, bytesUp: 2 });
  });

  it("never counts backwards, and loses nothing, wherever its name moves", () => {
    const ips = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];
    const steps = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant("move" as const), to: fc.subarray(ips, { minLength: 1 }) }),
        fc.record({ kind: fc.constant("begin" as const), index: fc.nat({ max: 2 }) }),
        fc.record({ kind: fc.constant("end" as const), bytes: fc.nat({ max: 1_000 }) }),
        fc.record({ kind: fc.constant("acknowledge" as const), is: fc.boolean() }),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (history) => {
        const { backend, surroundings, resolve, addresses, session } = createWorld();
        void backend.start();
        const live: ((bytes: number) => void)[] = [];
        let [ended, bytes] = [0, 0];
        for (const step of history) {
          if (step.kind === "move") resolve(...step.to);
          if (step.kind === "acknowledge") surroundings.isAcknowledged = step.is;
          if (step.kind === "begin") {
            const address = addresses()[step.index];
            if (address !== undefined) live.push(session(address));
          }
          if (step.kind === "end") {
            const end = live.shift();
            if (end === undefined) continue;
            end(step.bytes);
            ended++;
            bytes += step.bytes;
          }
          const { active, sessions, bytesUp } = backend.status();
          assert.deepEqual({ active, sessions, bytesUp }, { active: live.length, sessions: ended, bytesUp: bytes });
          assert.equal(new Set(addresses()).size, addresses().length);
        }
        surroundings.isAcknowledged = true;
        for (const end of live) end(0);
        resolve("10.0.0.9");
        surroundings.rows.reclaim();
        assert.equal(backend.status().sessions, ended + live.length);
        assert.equal(surroundings.rows.take() < 4, true, "rows are used again");
      }),
    );
  });

  it("gives new addresses its weight and what an operator wants", () => {
    const { backend, surroundings, resolve } = createWorld();
    void backend.start();
    backend.setWeight(5);
    backend.setAdministrative("drain");
    resolve("10.0.0.1");
    const [endpoint] = backend.endpoints;
    assert.equal(surroundings.table.weight[endpoint?.row ?? -1], 5);
    assert.equal(endpoint?.status().state, "drain");
    backend.setWeight(6);
    backend.setAdministrative("ready");
    assert.equal(backend.snapshot()[0]?.weight, 6);
    assert.equal(surroundings.table.weight[endpoint.row], 6);
    assert.equal(endpoint.status().state, "ready");
  });

  it("leaves out the addresses for which there is no place, and says so", () => {
    const { backend, surroundings, resolve, addresses } = createWorld();
    void backend.start();
    for (let row = 1; row < TABLE_ROWS; row++) surroundings.rows.take();
    resolve("10.0.0.1", "10.0.0.2");
    assert.deepEqual(addresses(), ["10.0.0.1:80"]);
    assert.equal(surroundings.log.of("backend-left-out").length, 1);
    assert.equal(surroundings.prober.probes.length, 1);
  });

  it("is unmoved when a listener of its events removes it", () => {
    const { backend, surroundings, resolve } = createWorld();
    void backend.start();
    resolve("10.0.0.1", "10.0.0.2");
    surroundings.onEvent = ({ event }) => {
      if (event === "added") backend.remove();
    };
    resolve("10.0.0.2", "10.0.0.3");
    surroundings.publish();
    assert.deepEqual(backend.snapshot(), []);
    surroundings.rows.reclaim();
    assert.deepEqual(
      new Set([0, 1, 2].map(() => surroundings.rows.take())),
      new Set([0, 1, 2]),
      "each row was given back once",
    );
  });
});

describe("a backend whose name does not resolve", () => {
  it("is down, says so once, and comes when it does", () => {
    const { backend, surroundings, resolve, addresses } = createWorld();
    const { events, names } = surroundings;
    void backend.start();
    names.fail("a.internal", "ENOTFOUND");
    names.fail("a.internal", "ENOTFOUND");
    assert.deepEqual(events, [
      {
        event: "down",
        pool: "web",
        backend: "web/a",
        address: null,
        reason: '"a.internal" does not resolve (ENOTFOUND)',
      },
    ]);
    assert.deepEqual(backend.snapshot(), []);
    resolve("10.0.0.1");
    assert.deepEqual(addresses(), ["10.0.0.1:80"]);
  });

  it("keeps the addresses it had, and warns of each outage once", () => {
    const { backend, surroundings, resolve, addresses } = createWorld();
    const { log, names } = surroundings;
    void backend.start();
    resolve("10.0.0.1");
    for (let outage = 1; outage <= 2; outage++) {
      names.fail("a.internal", "EAI_AGAIN");
      names.fail("a.internal", "EAI_AGAIN");
      assert.equal(log.of("lookup-failed").length, outage);
      assert.deepEqual(addresses(), ["10.0.0.1:80"]);
      resolve("10.0.0.1");
      assert.equal(log.of("lookup-recovered").length, outage);
    }
    assert.equal(log.of("lookup-failed")[0]?.level, "warn");
    assert.deepEqual(
      surroundings.events.map(({ event }) => event),
      ["added"],
    );
  });

  it("is looked up again after a failed dial", () => {
    const { backend, surroundings } = createWorld();
    backend.refresh();
    void backend.start();
    backend.refresh();
    assert.equal(surroundings.names.watched[0]?.refreshes, 1);
  });
});

describe("Backend.close and remove", () => {
  it("stop lookups and probes; sessions go on", () => {
    for (const end of ["close", "remove"] as const) {
      const { backend, surroundings, resolve, session } = createWorld();
      void backend.start();
      resolve("10.0.0.1");
      session("10.0.0.1:80");
      backend[end]();
      assert.equal(surroundings.names.watched[0]?.isStopped, true);
      assert.equal(surroundings.prober.probes[0]?.isStopped, true);
      assert.equal(backend.status().active, 1);
      assert.equal(backend.snapshot().length, end === "close" ? 1 : 0);
    }
  });
});

describe("a backend that is configured anew", () => {
  it("keeps what it has, and takes its new weight, limit and kind", () => {
    const { backend, surroundings, resolve, session } = createWorld();
    void backend.start();
    resolve("10.0.0.1", "10.0.0.2");
    const end = session("10.0.0.1:80");
    const rows = backend.endpoints.map(({ row }) => row);
    backend.change(backendConfig({ address: "a.internal:80", name: "a", weight: 7, maxConnections: 9, backup: true }));
    assert.deepEqual(
      backend.snapshot().map(({ row, weight, backup }) => [row, weight, backup]),
      rows.map((row) => [row, 7, true]),
    );
    const { table } = surroundings;
    assert.deepEqual(
      rows.map((row) => [table.weight[row], table.limit[row], table.active[row]]),
      [
        [7, 9, 1],
        [7, 9, 0],
      ],
    );
    assert.deepEqual(backend.rows, rows);
    end(5);
    assert.equal(backend.status().bytesUp, 5);
  });

  it("keeps a weight that was set at run time while the configuration says what it said", () => {
    const { backend, resolve } = createWorld();
    void backend.start();
    resolve("10.0.0.1");
    backend.setWeight(5);
    backend.change(backendConfig({ address: "a.internal:80", name: "a", maxConnections: 9 }));
    assert.equal(backend.status().weight, 5);
    backend.change(backendConfig({ address: "a.internal:80", name: "a", weight: 2 }));
    assert.equal(backend.status().weight, 2);
  });

  it("takes the first address alone where it is told so", () => {
    const { backend, surroundings, resolve, addresses } = createWorld();
    void backend.start();
    resolve("10.0.0.1", "10.0.0.2");
    backend.change(backendConfig({ address: "a.internal:80", name: "a", resolve: "first" }));
    assert.deepEqual(
      surroundings.names.watched.map(({ isStopped }) => isStopped),
      [true, false],
    );
    resolve("10.0.0.1", "10.0.0.2");
    assert.deepEqual(addresses(), ["10.0.0.1:80"]);
  });

  it("looks its name up anew in another interval, and keeps its addresses meanwhile", () => {
    const { backend, surroundings, resolve, addresses } = createWorld();
    void backend.start();
    backend.lookUpAnew();
    resolve("10.0.0.1");
    backend.lookUpAnew();
    assert.deepEqual(
      surroundings.names.watched.map(({ isStopped }) => isStopped),
      [true, true, false],
    );
    assert.deepEqual(addresses(), ["10.0.0.1:80"]);
    const { backend: plain } = createWorld("10.0.0.1:80");
    plain.lookUpAnew();
  });
});
