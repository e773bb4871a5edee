import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Pool } from "../../src/backend/pool.ts";
import { type PolicyName, policyNames } from "../../src/balance/policy.ts";
import { createPolicyOf } from "../../src/control/policy-of.ts";
import { openRows } from "../backend/open-rows.ts";
import { backendRow, poolSnapshot } from "../backend/pool-snapshot.ts";
import { seededRandom } from "../support/random.ts";
import { poolConfig } from "./test-surroundings.ts";

/** A pool of three rows, as a data plane makes it. */
function planePool(policy: Parameters<typeof poolConfig>[1], snapshotPolicy: PolicyName | "function"): Pool {
  const { table, rows } = openRows(3);
  const createPolicy = createPolicyOf(() => poolConfig([], policy).policy, seededRandom(1));
  const snapshot = { ...poolSnapshot(rows.map((row) => backendRow(row))), policy: snapshotPolicy };
  const pool: Pool = new Pool(
    snapshot,
    table,
    createPolicy(snapshot, () => pool),
  );
  return pool;
}

describe("createPolicyOf", () => {
  for (const policy of policyNames) {
    it(`makes ${policy} where that is asked for`, () => {
      const pool = planePool({ policy }, policy);
      const picks = Array.from({ length: 300 }, (_, client) => pool.pick(`192.0.2.${client}`, [], 0));
      assert.deepEqual(new Set(picks), new Set([0, 1, 2]));
    });
  }

  it("lets the user's own function choose by name", () => {
    const asked: unknown[] = [];
    const pool = planePool(
      {
        policy(candidates, client) {
          asked.push(client);
          return candidates.find(({ name }) => name === "b2") ?? assert.fail("it was not offered");
        },
      },
      "function",
    );
    assert.deepEqual([pool.pick("192.0.2.1", [], 0), pool.pick("192.0.2.2", [], 0)], [2, 2]);
    assert.deepEqual(asked, [{ address: "192.0.2.1" }, { address: "192.0.2.2" }]);
  });
});
