import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createPolicy } from "../../src/balance/policies.ts";
import { type PolicyName, policyNames } from "../../src/balance/policy.ts";
import { seededRandom } from "../support/random.ts";
import { CLIENT_IP, createBackends } from "./backends.ts";
import { describePolicy } from "./policy.contract.ts";

function firstPicks(name: PolicyName, rotation: number): number[] {
  const { members, without } = createBackends([1, 1, 1]);
  const policy = createPolicy(name, { random: seededRandom(1), rotation });
  policy.arrange(members);
  return [0, 1, 2].map((key) => policy.pick(without(), key, CLIENT_IP));
}

for (const name of policyNames) describePolicy(`createPolicy("${name}")`, (options) => createPolicy(name, options));

describe("createPolicy", () => {
  it("has policies that take turns begin where the rotation says", () => {
    for (const name of ["least-connections", "round-robin"] as const) {
      assert.deepEqual(firstPicks(name, 0), [1, 3, 5]);
      assert.deepEqual(firstPicks(name, 2), [5, 1, 3]);
    }
  });

  it("lets the rotation change nothing where nobody takes turns", () => {
    for (const name of ["random", "random-two", "source-hash"] as const) {
      assert.deepEqual(firstPicks(name, 2), firstPicks(name, 0));
    }
  });

  it("asks for a key only where clients stay with a backend", () => {
    const keyed = policyNames.filter((name) => createPolicy(name, { random: () => 0, rotation: 0 }).usesKey);
    assert.deepEqual(keyed, ["source-hash"]);
  });

  it("makes a policy of its own for each pool", () => {
    for (const name of policyNames) {
      const options = { random: () => 0, rotation: 0 };
      assert.notEqual(createPolicy(name, options), createPolicy(name, options));
    }
  });
});
