import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Config } from "../../src/config/config.ts";
import { adminRestarts, diffConfig, diffPool, isSamePlace, restartKeys } from "../../src/config/diff.ts";
import type { BalancerOptions } from "../../src/config/options.ts";
import { resolve } from "../../src/config/resolve.ts";

const OPTIONS = {
  listeners: { web: { listen: ":80", pool: "web" }, db: { listen: ":5432", pool: "db" } },
  pools: {
    web: { backends: ["10.0.0.1:80", { name: "b", address: "10.0.0.2:80" }] },
    db: { backends: ["10.0.0.3:5432"] },
  },
} as const satisfies BalancerOptions;

function config(change: Partial<BalancerOptions> = {}): Config {
  return resolve({ ...OPTIONS, ...change });
}

function names(all: readonly { readonly name: string }[]): string[] {
  return all.map(({ name }) => name);
}

describe("diffConfig", () => {
  it("finds nothing between two that are equal", () => {
    const { listeners, pools, restartRequired, config: next } = diffConfig(config(), config());
    assert.deepEqual({ listeners, pools }, { listeners: NOTHING, pools: NOTHING });
    assert.deepEqual(restartRequired, []);
    assert.deepEqual(next, config());
  });

  it("tells what is added, removed and changed", () => {
    const { listeners, pools } = diffConfig(
      config(),
      config({
        listeners: { web: { listen: ":80", pool: "web", idleTimeoutMs: 1_000 }, api: { listen: ":81", pool: "api" } },
        pools: { web: { ...OPTIONS.pools.web, attempts: 2 }, api: { backends: [] } },
      }),
    );
    assert.deepEqual(
      [names(listeners.added), names(listeners.removed), names(listeners.changed)],
      [["api"], ["db"], ["web"]],
    );
    assert.deepEqual([names(pools.added), names(pools.removed)], [["api"], ["db"]]);
    assert.deepEqual(
      pools.changed.map(({ before, after }) => [before.attempts, after.attempts]),
      [[3, 2]],
    );
  });

  it("keeps what needs a restart as it was, and names it", () => {
    const before = config({ log: { level: "info" }, workers: 2 });
    const after = config({
      listeners: { ...OPTIONS.listeners, web: { listen: ":80", pool: "web", backlog: 7, tcpKeepaliveMs: 5_000 } },
      workers: 3,
      maxConnections: 9,
      log: { level: "warn", access: "errors" },
    });
    const { restartRequired, listeners, config: next } = diffConfig(before, after);
    const paths = ["maxConnections", "workers", "log.level", "log.access", "listeners.web.backlog"];
    assert.deepEqual(restartRequired, [...paths, "listeners.web.tcpKeepaliveMs"]);
    assert.deepEqual(listeners, NOTHING, "nothing else has changed");
    assert.deepEqual([next.workers, next.maxConnections, next.log?.level], [2, "auto", "info"]);
    assert.equal(next.listeners[0]?.backlog, before.listeners[0]?.backlog);
    assert.deepEqual(diffConfig(next, before).restartRequired, [], "back to what is in force");
    assert.ok(restartKeys.includes("listeners.*.backlog") && restartKeys.includes("log.level"));
  });

  it("names the log where there is one only before, or only after", () => {
    assert.deepEqual(diffConfig(config(), config({ log: {} })).restartRequired, ["log"]);
    assert.deepEqual(diffConfig(config({ log: {} }), config()).restartRequired, ["log"]);
  });

  it("takes one function for another only where they are the same", () => {
    const policy = (): never => assert.fail("called");
    const withPolicy = (given: () => never): Config =>
      config({ pools: { ...OPTIONS.pools, db: { backends: [], policy: given } } });
    assert.deepEqual(diffConfig(withPolicy(policy), withPolicy(policy)).pools, NOTHING);
    const other = (): never => assert.fail("called");
    assert.equal(diffConfig(withPolicy(policy), withPolicy(other)).pools.changed.length, 1);
  });
});

const NOTHING = { added: [], removed: [], changed: [] };

describe("diffPool", () => {
  it("tells what became of each backend", () => {
    const [before] = config().pools;
    const backends = [{ name: "b", address: "10.0.0.2:80", weight: 5 }, "10.0.0.9:80"];
    const [after] = config({ pools: { web: { backends }, db: { backends: [] } } }).pools;
    assert.ok(before !== undefined && after !== undefined);
    const { added, removed, changed } = diffPool(before, after);
    assert.deepEqual([names(added), names(removed)], [["10.0.0.9:80"], ["10.0.0.1:80"]]);
    assert.deepEqual(
      changed.map((change) => [change.after.name, change.before.weight, change.after.weight]),
      [["b", 1, 5]],
    );
    assert.deepEqual(diffPool(after, before).added, removed, "the other way round is the inverse");
  });
});

describe("isSamePlace", () => {
  it("looks at the address alone", () => {
    const [one, other] = config().pools[0]?.backends ?? [];
    assert.ok(one !== undefined && other !== undefined);
    assert.equal(isSamePlace(one, { ...one, weight: 7, name: "x" }), true);
    assert.equal(isSamePlace(one, other), false);
  });
});

describe("adminRestarts", () => {
  const admin = { listen: [":1"], tokenFile: "/a" };

  it("has what is another one than at the start", () => {
    assert.deepEqual(adminRestarts(admin, { listen: [":1"], tokenFile: "/a" }), []);
    assert.deepEqual(adminRestarts(admin, { listen: [":2"], metrics: "token" }), [
      "admin.listen",
      "admin.tokenFile",
      "admin.metrics",
    ]);
    assert.deepEqual([adminRestarts(admin, undefined), adminRestarts(undefined, admin)], [["admin"], ["admin"]]);
    assert.deepEqual(adminRestarts(undefined, undefined), []);
  });
});
