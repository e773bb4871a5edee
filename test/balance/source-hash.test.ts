import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { hashText } from "../../src/balance/hash.ts";
import type { Candidates } from "../../src/balance/policy.ts";
import { SourceHash } from "../../src/balance/source-hash.ts";
import { seededRandom } from "../support/random.ts";
import { type Backends, createBackends, repeat, sum } from "./backends.ts";
import { assertShares } from "./chance.ts";
import { describePolicy } from "./policy.contract.ts";

describePolicy("SourceHash", () => new SourceHash());

const clients = Array.from({ length: 20_000 }, (_, index) => hashText(`10.9.${index >> 8}.${index & 255}`));

const weights = fc.array(fc.integer({ min: 1, max: 256 }), { minLength: 2, maxLength: 12 });

function arranged({ members }: Backends): SourceHash {
  const policy = new SourceHash();
  policy.arrange(members);
  return policy;
}

function picksOf(policy: SourceHash, candidates: Candidates): number[] {
  return clients.map((client) => policy.pick(candidates, client));
}

function shares(picks: readonly number[], ids: readonly number[]): number[] {
  return ids.map((id) => picks.filter((other) => other === id).length);
}

describe("SourceHash", () => {
  it("uses the key", () => assert.equal(new SourceHash().usesKey, true));

  it("gives a client the same backend, however busy it is", () => {
    const backends = createBackends([1, 1, 1]);
    const policy = arranged(backends);
    const before = picksOf(policy, backends.without());
    backends.active[1] = 1_000;
    assert.deepEqual(picksOf(policy, backends.without()), before);
  });

  it("shares clients by weight", () => {
    for (const weights of [
      [1, 1, 1, 1],
      [1, 2, 3, 4],
      [20, 1],
    ]) {
      const backends = createBackends(weights);
      assertShares(shares(picksOf(arranged(backends), backends.without()), backends.ids), weights);
    }
  });

  it("agrees with another instance that has the same backends in another order, some of them down", () => {
    fc.assert(
      fc.property(weights, fc.array(fc.nat({ max: 11 }), { maxLength: 10 }), (weights, downs) => {
        const one = createBackends(weights);
        const ids = one.ids.toReversed();
        const members = one.members.map((member, index) => ({ ...member, id: ids[index] ?? 0 })).toReversed();
        const weight = new Int32Array(one.weight.length);
        for (const member of members) weight[member.id] = member.weight;
        const other: Backends = { ...createBackends(weights), members, weight };
        const down = downs.filter((index) => index < weights.length).map((index) => one.ids[index] ?? 0);
        const mirrored = down.map((id) => ids[one.ids.indexOf(id)] ?? 0);
        const [first, second] = [arranged(one), arranged(other)];
        const [here, there] = [one.without(...down), { ...other.without(...mirrored), weight }];
        for (const client of clients.slice(0, 200)) {
          const picked = first.pick(here, client);
          assert.equal(second.pick(there, client), picked < 0 ? -1 : ids[one.ids.indexOf(picked)]);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("moves nobody but the clients of a backend that is down, and takes them back", () => {
    fc.assert(
      fc.property(weights, fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), (weights, downs) => {
        const backends = createBackends(weights);
        const policy = arranged(backends);
        const down: number[] = [];
        let before = picksOf(policy, backends.without());
        const first = before;
        for (const choice of downs) {
          const id = backends.ids[choice % backends.ids.length] ?? 0;
          down.push(id);
          const after = picksOf(policy, backends.without(...down));
          before.forEach((owner, index) => {
            if (owner !== id) assert.equal(after[index], owner);
          });
          before = after;
        }
        assert.deepEqual(picksOf(policy, backends.without()), first);
      }),
      { numRuns: 20 },
    );
  });

  it("shares the clients of a backend that is down among all others by weight", () => {
    const backends = createBackends([8, 1, 2, 3]);
    const policy = arranged(backends);
    const before = picksOf(policy, backends.without());
    const after = picksOf(policy, backends.without(1));
    const homeless = after.filter((_, index) => before[index] === 1);
    assertShares(shares(homeless, backends.ids), [0, 1, 2, 3]);
  });

  it("still shares by weight when nearly all are down, and lets a client stay", () => {
    const backends = createBackends([...repeat(1, 200), 1, 2, 3]);
    const policy = arranged(backends);
    const left = backends.ids.slice(-3);
    const candidates = backends.without(...backends.ids.slice(0, -3));
    const picks = picksOf(policy, candidates);
    assertShares(shares(picks, left), [1, 2, 3]);
    assert.deepEqual(picksOf(policy, candidates), picks);
    const fewer = picksOf(policy, backends.without(...backends.ids.slice(0, -2)));
    picks.forEach((owner, index) => {
      if (owner !== left[0]) assert.equal(fewer[index], owner);
    });
  });

  it("moves at most 2/n of the other clients when one of n leaves", () => {
    const random = seededRandom(1);
    for (let count = 2; count <= 50; count++) {
      const even = repeat(1, count);
      for (const weights of [even, even.map(() => 1 + Math.floor(random() * 256))]) {
        const backends = createBackends(weights);
        const policy = arranged(backends);
        const leaver = backends.ids[Math.floor(random() * count)] ?? 0;
        const before = picksOf(policy, backends.without());
        policy.arrange(backends.members.filter(({ id }) => id !== leaver));
        const after = picksOf(policy, backends.without(leaver));
        const others = sum(before.map((owner) => (owner === leaver ? 0 : 1)));
        const moved = sum(before.map((owner, index) => (owner !== leaver && owner !== after[index] ? 1 : 0)));
        assert.ok(moved <= (2 / count) * others, `${moved} of ${others} with weights ${weights.join()}`);
      }
    }
  });

  it("takes a key for the same, signed or unsigned", () => {
    const backends = createBackends([1, 1, 1, 1, 1]);
    const policy = arranged(backends);
    for (const client of clients.slice(0, 1_000)) {
      assert.equal(policy.pick(backends.without(), client >>> 0), policy.pick(backends.without(), client | 0));
    }
  });

  it("follows a change of key", () => {
    const backends = createBackends([1, 1, 1]);
    const policy = arranged(backends);
    picksOf(policy, backends.without());
    const members = backends.members.map((member) => ({ ...member, key: `new ${member.key}` }));
    policy.arrange(members);
    assert.deepEqual(
      picksOf(policy, backends.without()),
      picksOf(arranged({ ...backends, members }), backends.without()),
    );
  });

  it("follows a change of weight", () => {
    const backends = createBackends([1, 1]);
    const policy = arranged(backends);
    picksOf(policy, backends.without());
    policy.arrange(createBackends([3, 1]).members);
    assertShares(shares(picksOf(policy, backends.without()), backends.ids), [3, 1]);
  });
});
