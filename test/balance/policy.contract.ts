// What every policy promises, whatever it goes by. Each policy's own test calls this.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { hashText } from "../../src/balance/hash.ts";
import type { PolicyOptions } from "../../src/balance/policies.ts";
import type { Candidates, Policy } from "../../src/balance/policy.ts";
import { seededRandom } from "../support/random.ts";
import { CLIENT_IP, createBackends, repeat } from "./backends.ts";

const MOST = 12;

const weight = fc.oneof(fc.constant(1), fc.constant(256), fc.integer({ min: 1, max: 256 }));
const weights = fc.oneof(
  fc.array(weight, { minLength: MOST, maxLength: MOST }),
  weight.map((one) => repeat(one, MOST)),
);
const someOf = fc.uniqueArray(fc.integer({ min: 0, max: MOST - 1 }), { maxLength: MOST });

/** A change of membership, then picks among some members with some sessions. */
const episode = fc.record({
  weights,
  members: someOf,
  picks: fc.array(
    fc.record({ missing: someOf, active: fc.array(fc.nat({ max: 5 }), { maxLength: MOST }), key: fc.integer() }),
    { maxLength: 20 },
  ),
});

export function describePolicy(name: string, create: (options: PolicyOptions) => Policy): void {
  const createSeeded = (seed: number): Policy => create({ random: seededRandom(seed), rotation: seed >>> 1 });

  describe(`${name} as a policy`, () => {
    it("gives -1 when nobody can serve", () => {
      const { members, without } = createBackends([1, 1]);
      const policy = createSeeded(1);
      policy.arrange([]);
      assert.equal(policy.pick(without(1, 3), 7, CLIENT_IP), -1);
      policy.arrange(members);
      assert.equal(policy.pick(without(1, 3), 7, CLIENT_IP), -1);
    });

    it("gives the only one who can serve", () => {
      const { members, ids, without } = createBackends([1, 2, 3, 4]);
      const policy = createSeeded(2);
      policy.arrange(members);
      for (const id of [...ids, ...ids]) {
        const others = ids.filter((other) => other !== id);
        assert.equal(policy.pick(without(...others), id, CLIENT_IP), id);
      }
    });

    it("picks a candidate, whoever comes, goes or is busy", () => {
      fc.assert(
        fc.property(fc.nat(), fc.array(episode, { maxLength: 6 }), (seed, episodes) => {
          const policy = createSeeded(seed);
          for (const { weights, members, picks } of episodes) {
            const backends = createBackends(weights);
            policy.arrange(backends.members.filter((_, index) => members.includes(index)));
            const absent = backends.ids.filter((_, index) => !members.includes(index));
            for (const { missing, active, key } of picks) {
              active.forEach((sessions, index) => {
                backends.active[backends.ids[index] ?? 0] = sessions;
              });
              const unfit = missing.map((index) => backends.ids[index] ?? 0);
              assertPicked(policy, backends.without(...absent, ...unfit), key);
            }
          }
        }),
      );
    });

    it("stays among the candidates when a weight or a backend shows before it has been told", () => {
      fc.assert(
        fc.property(fc.nat(), episode, weights, (seed, { weights, members, picks }, later) => {
          const policy = createSeeded(seed);
          policy.arrange(createBackends(weights).members.filter((_, index) => members.includes(index)));
          const backends = createBackends(later);
          for (const { missing, key } of picks) {
            assertPicked(policy, backends.without(...missing.map((index) => backends.ids[index] ?? 0)), key);
          }
        }),
      );
    });

    it("keeps nothing of the candidates that it was shown", () => {
      const policy = createSeeded(3);
      policy.arrange(createBackends([3, 2, 1]).members);
      for (let n = 0; n < 50; n++) {
        const shown = createBackends([3, 2, 1]);
        const candidates = shown.without();
        assertPicked(policy, candidates, hashText(`client ${n}`));
        for (const array of [candidates.ids, shown.active, shown.weight]) array.fill(9_999);
      }
    });

    it("passes nobody over while all are equal and idle", () => {
      for (const count of [1, 2, 3, 10, 25]) {
        const { members, ids, without } = createBackends(repeat(5, count));
        const policy = createSeeded(count);
        policy.arrange(members);
        const candidates = without();
        const picked = new Set<number>();
        // Among 25, chance passes somebody over in 60 × 25 picks once in 10^25 runs.
        for (let n = 0; n < 60 * count; n++) picked.add(policy.pick(candidates, hashText(`client ${n}`), CLIENT_IP));
        assert.deepEqual([...picked].sort(ascending), ids);
      }
    });
  });
}

function assertPicked(policy: Policy, candidates: Candidates, key: number): void {
  const fit = [...candidates.ids.subarray(0, candidates.count)];
  const picked = policy.pick(candidates, key, CLIENT_IP);
  assert.ok(fit.length === 0 ? picked === -1 : fit.includes(picked), `${picked} of [${fit.join()}]`);
}

function ascending(one: number, other: number): number {
  return one - other;
}
