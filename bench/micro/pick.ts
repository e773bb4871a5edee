import { type BackendRow, Pool } from "../../src/backend/pool.ts";
import { BackendTable, NO_LIMIT } from "../../src/backend/table.ts";
import { createPolicy } from "../../src/balance/policies.ts";
import { type PolicyName, policyNames } from "../../src/balance/policy.ts";
import { systemRandom } from "../../src/clock.ts";
import { type Costs, nanosecondsEach } from "./stopwatch.ts";

const CANDIDATES = [2, 100, 1_000];
/** Sessions that last: without any, least-connections would end its search at the first backend. */
const LASTING = 4_096;
const CLIENTS = 256;
const NOW_MS = 1_000;

/** A pick with its admission, and the release of a session that has ended. */
export function measurePicks(): Costs {
  const costs: Costs = {};
  for (const name of policyNames) {
    for (const count of CANDIDATES) costs[`pick, ${name}, ${count.toLocaleString("en")}`] = measurePick(name, count);
  }
  return costs;
}

function measurePick(policy: PolicyName, count: number): number {
  const table = new BackendTable();
  const rows = Array.from({ length: count }, (_, row) => row);
  for (const row of rows) table.open(row, 1, NO_LIMIT);
  const pool = new Pool(
    {
      name: "bench",
      policy,
      rows: rows.map(describeRow),
      dialTimeoutMs: 3_000,
      dialDeadlineMs: 10_000,
      attempts: 3,
      ejection: undefined,
      slowStart: undefined,
      panicBelow: undefined,
      queue: undefined,
      counterSlot: 0,
      sendProxy: undefined,
      source: [],
    },
    table,
    createPolicy(policy, { random: systemRandom, rotation: 0 }),
  );
  const clients = Array.from({ length: CLIENTS }, (_, index) => `192.0.2.${index}`);
  const lasting = new Int32Array(LASTING);
  for (let index = 0; index < LASTING; index++) lasting[index] = pool.pick(clients[index % CLIENTS] ?? "", [], NOW_MS);
  const none: readonly number[] = [];
  return nanosecondsEach((index) => {
    const place = index % LASTING;
    table.release(lasting[place] ?? 0);
    lasting[place] = pool.pick(clients[index % CLIENTS] ?? "", none, NOW_MS);
  });
}

function describeRow(row: number): BackendRow {
  const ip = `10.0.${row >> 8}.${row & 255}`;
  return {
    row,
    generation: 1,
    name: `b${row}`,
    identity: `bench/b${row}`,
    address: { kind: "ip", ip, port: 80 },
    addressText: `${ip}:80`,
    weight: 1,
    backup: false,
  };
}
