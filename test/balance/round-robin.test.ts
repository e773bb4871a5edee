import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { RoundRobin } from "../../src/balance/round-robin.ts";
import { type Backends, createBackends, repeat, sum, tally } from "./backends.ts";
import { describePolicy } from "./policy.contract.ts";

describePolicy("RoundRobin", ({ rotation }) => new RoundRobin(rotation));

function arranged({ members }: Backends, rotation = 0): RoundRobin {
  const policy = new RoundRobin(rotation);
  policy.arrange(members);
  return policy;
}

describe("RoundRobin", () => {
  it("gives equal backends k, k, k", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 9 }), fc.nat(), (count, k, rotation) => {
        const backends = createBackends(repeat(3, count));
        const counts = tally(arranged(backends, rotation), backends.without(), count * k, backends.ids);
        assert.deepEqual(counts, repeat(k, count));
      }),
    );
  });

  it("honours weights within one turn over a cycle", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 256 }), { minLength: 1, maxLength: 10 }),
        fc.nat({ max: 1_000 }),
        (weights, before) => {
          const backends = createBackends(weights);
          const policy = arranged(backends);
          tally(policy, backends.without(), before, []);
          tally(policy, backends.without(), sum(weights), backends.ids).forEach((count, index) => {
            assert.ok(Math.abs(count - (weights[index] ?? 0)) <= 1);
          });
        },
      ),
    );
  });

  it("does not mind how busy a backend is", () => {
    const backends = createBackends([1, 1]);
    backends.active[1] = 1_000;
    assert.deepEqual(tally(arranged(backends), backends.without(), 10, backends.ids), [5, 5]);
  });

  it("shares the turns of a missing candidate among all others, not with its neighbour", () => {
    const backends = createBackends([1, 1, 1, 1]);
    const policy = arranged(backends);
    policy.pick(backends.without());
    assert.deepEqual(tally(policy, backends.without(3), 30, backends.ids), [10, 0, 10, 10]);
    for (const count of tally(policy, backends.without(), 8, backends.ids)) assert.ok(count >= 1 && count <= 3);
  });

  it("goes by the weights that the candidates have now", () => {
    const backends = createBackends([1, 1]);
    const policy = arranged(backends);
    backends.weight[1] = 3;
    assert.deepEqual(tally(policy, backends.without(), 8, backends.ids), [6, 2]);
  });

  it("begins where the rotation says", () => {
    const backends = createBackends([1, 1, 1]);
    assert.deepEqual(
      [0, 1, 2, 3].map((rotation) => arranged(backends, rotation).pick(backends.without())),
      [1, 3, 5, 1],
    );
  });
});
