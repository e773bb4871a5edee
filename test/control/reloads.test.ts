import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { BalancerOptions } from "../../src/config/options.ts";
import type { ReloadEvent } from "../../src/observe/events.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { createLoopback, onePool, startLoopback } from "./loopback.ts";

const folder = makeTemporaryFolder("reloads");
after(() => rmSync(folder, { recursive: true }));

const ONE: BalancerOptions = onePool(["127.0.0.1:1"]);
const TWO: BalancerOptions = onePool(["127.0.0.1:2"]);

describe("Balancer.reload", () => {
  it(
    "goes one at a time, in the order of the calls",
    withoutLeaks(async () => {
      await using loopback = await startLoopback(ONE);
      const { balancer } = loopback;
      const done: number[] = [];
      const read = (options: BalancerOptions) => (): BalancerOptions => {
        done.push(balancer.stats().config.reloads.ok);
        return options;
      };
      await Promise.all([balancer.reload(read(TWO)), balancer.reload(read(ONE)), balancer.reload(read(ONE))]);
      assert.deepEqual(done, [0, 1, 2], "each has begun when the one before was done");
      assert.deepEqual(
        balancer.stats().pools[0]?.backends.map(({ name }) => name),
        ["127.0.0.1:1"],
      );
    }),
  );

  it(
    "counts what became of each, and says when the last good one was",
    withoutLeaks(async () => {
      await using loopback = await startLoopback(ONE);
      const { balancer, clock } = loopback;
      const fresh = balancer.stats().config;
      assert.deepEqual(
        { ...fresh, hash: "" },
        {
          hash: "",
          reloads: { ok: 0, failed: 0 },
          lastSuccessAt: "2026-01-01T00:00:00.000Z",
          lastError: null,
          restartRequired: [],
        },
      );
      clock.advance(5_000);
      await balancer.reload({ ...TWO, maxConnections: 7 });
      const changed = balancer.stats().config;
      assert.deepEqual([changed.reloads.ok, changed.lastSuccessAt], [1, "2026-01-01T00:00:05.000Z"]);
      assert.deepEqual(changed.restartRequired, ["maxConnections"]);
      assert.notEqual(changed.hash, fresh.hash);
      await assert.rejects(
        balancer.reload(() => {
          throw new Error("no such file");
        }),
        /no such file/,
      );
      const failed = balancer.stats().config;
      assert.deepEqual(
        [failed.reloads, failed.lastError, failed.hash],
        [{ ok: 1, failed: 1 }, "no such file", changed.hash],
      );
      await balancer.reload(ONE);
      const again = balancer.stats().config;
      assert.deepEqual([again.lastError, again.hash, again.restartRequired], [null, fresh.hash, []]);
    }),
  );

  it(
    "says in the log what changed, what needs a restart, and each problem of one that failed",
    withoutLeaks(async () => {
      const output = join(folder, "reload.log");
      const log = { output };
      const loopback = await startLoopback({ ...ONE, log });
      const { balancer } = loopback;
      await balancer.reload({ ...TWO, log, workers: 2 });
      const bad = { listeners: { web: { listen: "nowhere" } }, pools: { web: { backends: ["10.0.0.1"] } }, log };
      await assert.rejects(balancer.reload(bad), { code: "LB_CONFIG" });
      await balancer.close();
      const lines = readFileSync(output, "utf8")
        .split("\n")
        .filter((line) => line.includes('"event":"reload"'))
        .map((line): Record<string, unknown> => JSON.parse(line));
      const [ok, restart, failed] = lines;
      assert.deepEqual([ok?.["level"], ok?.["result"]], ["info", "ok"]);
      assert.match(
        String(ok?.["msg"] ?? ok?.["message"]),
        /backends added: web\/127\.0\.0\.1:2; backends removed: web\/127\.0\.0\.1:1/,
      );
      assert.deepEqual([restart?.["level"], restart?.["restartRequired"]], ["warn", ["workers"]]);
      assert.deepEqual([failed?.["level"], failed?.["result"]], ["error", "failed"]);
      assert.match(JSON.stringify(failed?.["problems"]), /listeners\.web\.listen.*pools\.web\.backends/);
    }),
  );

  it(
    "keeps a pool that comes back while it was about to go",
    withoutLeaks(async () => {
      let answer = (): void => {};
      const lookup = (): Promise<readonly string[]> =>
        new Promise((resolve) => {
          answer = () => resolve(["127.0.0.1"]);
        });
      const web = { probe: "off", backends: ["127.0.0.1:1"] } as const;
      const listeners = { web: { listen: "127.0.0.1:0", pool: "web" } };
      const both = { web, old: { probe: "off", backends: ["127.0.0.1:2"] } } as const;
      await using loopback = await startLoopback({ listeners, pools: both, lookup });
      const { balancer, clock } = loopback;
      await balancer.reload({ listeners, pools: { web }, lookup });
      const slow = { ...both, web: { ...web, backends: [...web.backends, "slow.internal:80"] } };
      const returning = balancer.reload({ listeners, pools: slow, lookup });
      for (let turn = 0; turn < 10; turn++) await nextTurn();
      clock.advance(500);
      answer();
      await returning;
      assert.deepEqual(
        balancer.stats().pools.map(({ name, usable }) => [name, usable]),
        [
          ["web", 2],
          ["old", 1],
        ],
      );
    }),
  );

  it(
    "is announced, be it well or not",
    withoutLeaks(async () => {
      await using loopback = await startLoopback(ONE);
      const { balancer, clock } = loopback;
      const events: ReloadEvent[] = [];
      balancer.on("reload", (event) => void events.push(event));
      clock.advance(1_000);
      await balancer.reload(TWO);
      const { hash } = balancer.stats().config;
      const bad = { ...ONE, maxConnections: -1 };
      await assert.rejects(balancer.reload(bad), { code: "LB_CONFIG" });
      const at = "2026-01-01T00:00:01.000Z";
      const error = balancer.stats().config.lastError;
      assert.match(error ?? "", /^maxConnections: got -1/);
      assert.deepEqual(events, [
        { result: "ok", hash, error: null, at },
        { result: "failed", hash, error, at },
      ]);
    }),
  );

  it("is refused before the start, and after the end", async () => {
    const { balancer } = createLoopback(ONE);
    await assert.rejects(balancer.reload(TWO), { code: "LB_CLOSED", message: /start it first/ });
    await balancer.start();
    await balancer.close();
    await assert.rejects(balancer.reload(TWO), { code: "LB_CLOSED" });
  });

  it(
    "waits for the start, and gives way to a close",
    withoutLeaks(async () => {
      const loopback = createLoopback({ ...ONE, lookup: () => new Promise(() => {}) });
      const { balancer } = loopback;
      const started = balancer.start();
      const reloading = balancer.reload(onePool(["slow.internal:80"]));
      await started;
      const closing = balancer.close();
      await assert.rejects(reloading, { code: "LB_CLOSED" });
      await closing;
      assert.equal(loopback.clock.pendingTimers, 0);
    }),
  );
});

describe("what was done at run time", () => {
  it(
    "stands until the configuration says something else about it",
    withoutLeaks(async () => {
      const web = (weight: number, more: readonly string[] = []): BalancerOptions =>
        onePool([{ name: "a", address: "127.0.0.1:1", weight }, { name: "b", address: "127.0.0.1:2" }, ...more]);
      await using loopback = await startLoopback(web(1));
      const { balancer } = loopback;
      const pool = balancer.pool("web");
      const weights = () => balancer.stats().pools[0]?.backends.map(({ name, weight }) => `${name} ${weight}`);
      pool.weigh("a", 7);
      pool.drain("a");
      pool.remove("b");
      pool.add("127.0.0.1:9");
      await balancer.reload(web(1, ["127.0.0.1:3"]));
      assert.deepEqual(weights(), ["a 7", "127.0.0.1:3 1", "127.0.0.1:9 1"]);
      assert.equal(balancer.stats().pools[0]?.backends[0]?.addresses[0]?.state, "drain");
      await balancer.reload(web(2));
      assert.deepEqual(weights(), ["a 2", "127.0.0.1:9 1"]);
      assert.equal(pool, balancer.pool("web"), "the handle stays good");
    }),
  );
});
