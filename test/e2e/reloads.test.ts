// Many reloads while wrk runs: no client notices, and nothing is left. `RELOADS=500 npm test -- e2e/reloads` is the long one.

import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as pass } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { systemClock, systemRandom } from "../../src/clock.ts";
import type { BalancerOptions, PoolOptions, TransportName } from "../../src/config/options.ts";
import { resolve } from "../../src/config/resolve.ts";
import { type Assembly, assemble } from "../../src/control/assembly.ts";
import { createLifecycle } from "../../src/control/lifecycle.ts";
import { readStats } from "../../src/control/stats.ts";
import { endReasons, ends } from "../../src/session/end.ts";
import { until, withoutWorkers } from "../control/crew.ts";
import { type ChildServer, makeTemporaryFolder } from "../support/child-server.ts";
import { openDescriptors } from "../support/leaks.ts";
import { skipReason } from "../support/programs.ts";
import { startNginx } from "../support/real-peers.ts";
import { runWrk, type WrkResult } from "../support/wrk.ts";

const folder = makeTemporaryFolder("reloads");
after(() => rmSync(folder, { recursive: true }));

const RELOADS = Number(process.env["RELOADS"] ?? 40);
/** On linux the socket of a listener that goes stays open for 50 ms. */
const RELOAD_MS = 120;
const LOAD_SECONDS: number = Math.ceil((RELOADS * RELOAD_MS) / 1_000) + 1;
/** For the sessions of a listener that goes. */
const GRACE_MS = 2_000;
/** What a heap may have grown by and yet be where it was: compiled code, and what the test's runner keeps. */
const HEAP_BYTES: number = 8 * 2 ** 20;
/** Longer than departures and closes take, once nobody is served. */
const REST_MS = 500;
const LOOKS = 25;

interface Place {
  readonly title: string;
  readonly skip: string | false;
  readonly more: { readonly workers: number; readonly transport?: TransportName };
}

const PLACES: readonly Place[] = [
  { title: "in the caller's thread", skip: false, more: { workers: 0 } },
  { title: "with two workers on net", skip: withoutWorkers("net"), more: { workers: 2, transport: "net" } },
  { title: "with two workers on linux", skip: withoutWorkers("linux"), more: { workers: 2, transport: "linux" } },
];

/** Another configuration for each round: pools, backends, weights, policies, routes and listeners. Two listeners stay. */
function options(round: number, addresses: readonly string[], more: Place["more"]): BalancerOptions {
  const named = addresses.map((address, index) => ({ name: `n${index}`, address, weight: 1 + ((round + index) % 3) }));
  const backends = [...named.slice(round % 3), ...named.slice(0, round % 3)].slice(0, 2);
  const policy = (["round-robin", "least-connections", "random-two"] as const)[round % 3] ?? "random";
  const pool = `pool-${round % 5}`;
  const main: PoolOptions = { policy, probe: { intervalMs: 1_000 }, backends };
  const spare: PoolOptions = { probe: "off", backends: [`127.0.0.1:${1 + (round % 9)}`] };
  const listen = "127.0.0.1:0";
  const unused = `spare-${round % 11}`;
  const routes = [
    { path: `/none-${round % 4}/*`, pool: unused },
    { method: "GET", split: { [pool]: 1 + (round % 3), routed: 1 } },
  ];
  return {
    listeners: {
      web: { listen, pool, idleTimeoutMs: 60_000 + round },
      routed: { listen, peek: "http", httpKeepAlive: "sticky", pool: "routed", routes: routes.slice(round % 2) },
      [`other-${round % 7}`]: { listen, pool },
    },
    pools: { [pool]: main, routed: { ...main, backends: named }, [unused]: spare },
    // What went wrong is in there.
    log: { output: join(folder, "log"), access: "errors" },
    ...more,
  };
}

/** The sessions in the log that lb-tcp itself has ended, by why and how often. A backend's reset is its own business: wrk would have seen it. */
function complaints(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const line of readFileSync(join(folder, "log"), "utf8").split("\n")) {
    if (!line.includes('"event":"session"')) continue;
    const { end, error, listener, pool } = JSON.parse(line);
    const by = endReasons.filter((each) => each === end).map((each) => ends[each].by)[0];
    if (by === "client" || by === "backend") continue;
    const key = `${listener} ${pool} ${end}: ${error}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

setFlagsFromString("--expose-gc");
const collect: unknown = runInNewContext("gc");

function usedHeap(): number {
  if (typeof collect === "function") for (let count = 0; count < 3; count++) collect();
  return process.memoryUsage().heapUsed;
}

/** What there is once nobody is served, and whoever was leaving has left. */
async function atRest({ admission, roster, rows }: Assembly) {
  await until(
    () => admission.processActive + roster.leavingListeners.size + roster.leavingPools.size === 0,
    "the end of all that is leaving",
  );
  // A probe has one for a moment.
  const descriptors: number[] = [];
  for (let look = 0; look < LOOKS; look++) {
    descriptors.push(openDescriptors());
    await pass(REST_MS / LOOKS);
  }
  return { descriptors: Math.min(...descriptors), spareRows: rows.spare, heap: usedHeap() };
}

describe(`${RELOADS} reloads while wrk runs`, { skip: skipReason("nginx", "wrk") }, () => {
  let servers: ChildServer[];

  before(async () => {
    servers = await Promise.all([startNginx(), startNginx(), startNginx()]);
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.stop()));
  });

  for (const { title, skip, more } of PLACES) {
    it(`fail no connection, and leave nothing behind, ${title}`, { skip }, async (context) => {
      const configured = (round: number): BalancerOptions =>
        options(
          round,
          servers.map(({ address }) => address),
          more,
        );
      const assembly = assemble({ clock: systemClock, random: systemRandom }, resolve(configured(0)));
      const lifecycle = createLifecycle(assembly);
      await lifecycle.start();
      try {
        const [web = 0, routed = 0] = ["web", "routed"].map(
          (name) => lifecycle.addresses.find(({ listener }) => listener === name)?.port ?? 0,
        );
        const load = (seconds: number): Promise<readonly WrkResult[]> =>
          Promise.all([runWrk(web, seconds, true), runWrk(web, seconds, false), runWrk(routed, seconds, false)]);
        // What is compiled and allocated once.
        await load(1);
        for (let round = 10; round >= 0; round--) await lifecycle.reload(configured(round), { graceMs: GRACE_MS });
        const earlier = await atRest(assembly);

        const loads = load(LOAD_SECONDS);
        const startMs = systemClock.nowMs();
        for (let round = 1; round <= RELOADS; round++) {
          await lifecycle.reload(configured(round), { graceMs: GRACE_MS });
          await pass(Math.max(0, startMs + round * RELOAD_MS - systemClock.nowMs()));
        }
        const tookMs = systemClock.nowMs() - startMs;
        const results = await loads;
        await lifecycle.reload(configured(0), { graceMs: GRACE_MS });
        const later = await atRest(assembly);

        const { listeners, config } = readStats(assembly, lifecycle);
        const counts = listeners.flatMap(({ name, ends: each }) => (name.startsWith("other") ? [] : [each]));
        context.diagnostic(JSON.stringify({ tookMs, results, earlier, later, counts }));
        assert.deepEqual(complaints(), {});
        assert.deepEqual(
          results.map(({ errors }) => errors),
          [0, 0, 0],
        );
        assert.ok(results.every(({ requests }) => requests > 100));
        assert.equal(config.reloads.failed, 0);
        assert.deepEqual([later.descriptors, later.spareRows], [earlier.descriptors, earlier.spareRows]);
        assert.ok(later.heap - earlier.heap < HEAP_BYTES, `${earlier.heap} bytes became ${later.heap}`);
      } finally {
        await lifecycle.close({ graceMs: 0 });
      }
    });
  }
});
