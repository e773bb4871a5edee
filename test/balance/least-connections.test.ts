import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { LeastConnections } from "../../src/balance/least-connections.ts";
import { type Backends, createBackends, repeat, sum, tally } from "./backends.ts";
import { describePolicy } from "./policy.contract.ts";

describePolicy("LeastConnections", ({ rotation }) => new LeastConnections(rotation));

const weight = fc.integer({ min: 1, max: 256 });
const someWeights = fc.oneof(
  fc.array(weight, { minLength: 1, maxLength: 12 }),
  fc.tuple(weight, fc.integer({ min: 1, max: 12 })).map(([one, count]) => repeat(one, count)),
);

function arranged({ members }: Backends, rotation = 0): LeastConnections {
  const policy = new LeastConnections(rotation);
  policy.arrange(members);
  return policy;
}

describe("LeastConnections", () => {
  it("picks one of the least loaded for their weight", () => {
    fc.assert(
      fc.property(someWeights, fc.array(fc.nat({ max: 600 })), fc.nat(), (weights, sessions, rotation) => {
        const backends = createBackends(weights);
        backends.ids.forEach((id, index) => {
          backends.active[id] = sessions[index] ?? 0;
        });
        const loadOf = (id: number): number => (backends.active[id] ?? 0) / (backends.weight[id] ?? 0);
        const least = Math.min(...backends.ids.map(loadOf));
        const policy = arranged(backends, rotation);
        for (let n = 0; n < 5; n++) assert.equal(loadOf(policy.pick(backends.without())), least);
      }),
    );
  });

  it("gives equal backends k, k, k of the sessions that end before the next begins", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 9 }), fc.nat(), (count, k, rotation) => {
        const backends = createBackends(repeat(2, count));
        // Sessions that stay are no reason to begin again with the first.
        for (const lasting of [0, 3]) {
          backends.active.fill(lasting);
          const counts = tally(arranged(backends, rotation), backends.without(), count * k, backends.ids);
          assert.deepEqual(counts, repeat(k, count));
        }
      }),
    );
  });

  it("gives idle backends such sessions by weight", () => {
    fc.assert(
      fc.property(fc.array(weight, { minLength: 1, maxLength: 10 }), fc.nat(), (weights, rotation) => {
        const backends = createBackends(weights);
        const counts = tally(arranged(backends, rotation), backends.without(), 2 * sum(weights), backends.ids);
        assert.deepEqual(
          counts,
          weights.map((one) => 2 * one),
        );
      }),
    );
  });

  it("divides ties by weight among those that tie", () => {
    const backends = createBackends([4, 2, 1]);
    backends.active.set([0, 4, 0, 2, 0, 7]);
    assert.deepEqual(tally(arranged(backends), backends.without(), 30, backends.ids), [20, 10, 0]);
  });

  it("fills backends in proportion to their weights", () => {
    fc.assert(
      fc.property(someWeights, fc.nat(), (weights, rotation) => {
        const backends = createBackends(weights);
        const policy = arranged(backends, rotation);
        for (let n = 0; n < 2 * sum(weights); n++) {
          const id = policy.pick(backends.without());
          backends.active[id] = (backends.active[id] ?? 0) + 1;
        }
        backends.ids.forEach((id, index) => {
          assert.equal(backends.active[id], 2 * (weights[index] ?? 0));
        });
      }),
    );
  });

  for (const weights of [
    [1, 1, 1, 1],
    [2, 2, 2, 2, 1],
  ]) {
    it(`gives the neighbour of a dead backend no double turn, with weights ${weights.join(", ")}`, () => {
      const backends = createBackends(weights);
      backends.active[9] = 1;
      const policy = arranged(backends);
      policy.pick(backends.without());
      assert.deepEqual(tally(policy, backends.without(3), 30, [1, 3, 5, 7]), [10, 0, 10, 10]);
    });
  }

  it("gives nobody a double turn while the dials to one of them fail", () => {
    const backends = createBackends([1, 1, 1, 1]);
    const policy = arranged(backends);
    const served = new Map<number, number>();
    for (let n = 0; n < 30; n++) {
      let id = policy.pick(backends.without());
      if (id === 3) id = policy.pick(backends.without(3));
      served.set(id, (served.get(id) ?? 0) + 1);
    }
    assert.deepEqual(Object.fromEntries(served), { 1: 10, 5: 10, 7: 10 });
  });

  it("turns among the least loaded while another is busy", () => {
    const backends = createBackends([1, 1, 1]);
    backends.active[3] = 1;
    assert.deepEqual(tally(arranged(backends), backends.without(), 20, backends.ids), [10, 0, 10]);
  });

  it("begins where the rotation says", () => {
    const backends = createBackends([1, 1, 1]);
    assert.deepEqual(
      [0, 1, 2, 3].map((rotation) => arranged(backends, rotation).pick(backends.without())),
      [1, 3, 5, 1],
    );
  });

  it("begins where the rotation says when the first members come late", () => {
    const backends = createBackends([1, 1, 1]);
    const policy = new LeastConnections(2);
    policy.arrange([]);
    policy.arrange(backends.members);
    assert.equal(policy.pick(backends.without()), 5);
  });

  it("goes on where it was when members come and go", () => {
    const backends = createBackends([1, 1, 1, 1]);
    const policy = arranged(backends);
    assert.equal(policy.pick(backends.without(7)), 1);
    policy.arrange(backends.members.slice(1));
    assert.equal(policy.pick(backends.without(1)), 3);
    policy.arrange(backends.members);
    assert.deepEqual([policy.pick(backends.without()), policy.pick(backends.without())], [5, 7]);
  });

  it("goes by the weights that the candidates have now, once weights differ", () => {
    const backends = createBackends([1, 1, 2]);
    const policy = arranged(backends);
    backends.weight[1] = 4;
    backends.active.fill(4);
    for (let n = 0; n < 5; n++) assert.equal(policy.pick(backends.without()), 1);
  });
});
