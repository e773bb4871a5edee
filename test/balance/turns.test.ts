import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Turns } from "../../src/balance/turns.ts";
import { type Backends, createBackends, sum } from "./backends.ts";

const weight = fc.integer({ min: 1, max: 256 });

function take(turns: Turns, { without }: Backends, count: number, missing: readonly number[] = []): number[] {
  const candidates = without(...missing);
  return Array.from({ length: count }, () => turns.next(candidates.ids, candidates.count, candidates.weight));
}

/** As nginx counts: in weights. */
function takeAsNginx({ members }: Backends, count: number): number[] {
  const total = sum(members.map(({ weight }) => weight));
  const current = members.map(() => 0);
  return Array.from({ length: count }, () => {
    members.forEach(({ weight }, index) => {
      current[index] = (current[index] ?? 0) + weight;
    });
    const chosen = current.indexOf(Math.max(...current));
    current[chosen] = (current[chosen] ?? 0) - total;
    return members[chosen]?.id ?? -1;
  });
}

function shares(taken: readonly number[], ids: readonly number[]): number[] {
  return ids.map((id) => taken.filter((other) => other === id).length);
}

function arranged(backends: Backends, rotation = 0): Turns {
  const turns = new Turns(rotation);
  turns.arrange(backends.members);
  return turns;
}

describe("Turns", () => {
  it("gives weights 5, 1, 1 the order of nginx, cycle after cycle", () => {
    const backends = createBackends([5, 1, 1]);
    const turns = arranged(backends);
    for (let cycle = 0; cycle < 1_000; cycle++) assert.deepEqual(take(turns, backends, 7), [1, 1, 3, 1, 5, 1, 1]);
  });

  it("gives any weights the order of nginx", () => {
    fc.assert(
      fc.property(fc.array(weight, { minLength: 1, maxLength: 12 }), (weights) => {
        const backends = createBackends(weights);
        assert.deepEqual(take(arranged(backends), backends, 2 * sum(weights)), takeAsNginx(backends, 2 * sum(weights)));
      }),
    );
  });

  it("gives each its weight in every cycle, wherever it begins", () => {
    fc.assert(
      fc.property(fc.array(weight, { minLength: 1, maxLength: 12 }), fc.nat({ max: 100 }), (weights, rotation) => {
        const backends = createBackends(weights);
        const turns = arranged(backends, rotation);
        for (let cycle = 0; cycle < 3; cycle++) {
          assert.deepEqual(shares(take(turns, backends, sum(weights)), backends.ids), weights);
        }
      }),
    );
  });

  it("begins where the rotation says", () => {
    const backends = createBackends([1, 1, 1]);
    const firsts = [0, 1, 2, 3, 4].map((rotation) => take(arranged(backends, rotation), backends, 1)[0]);
    assert.deepEqual(firsts, [1, 3, 5, 1, 3]);
  });

  it("begins where the rotation says when the first members come late", () => {
    const backends = createBackends([1, 1, 1]);
    const turns = new Turns(2);
    turns.arrange([]);
    turns.arrange(backends.members);
    assert.deepEqual(take(turns, backends, 3), [5, 1, 3]);
  });

  it("goes on where it was after an arrangement that changes nothing", () => {
    const backends = createBackends([1, 1, 1]);
    const turns = arranged(backends, 1);
    const taken = [];
    for (let n = 0; n < 9; n++) {
      taken.push(...take(turns, backends, 1));
      turns.arrange(backends.members.toReversed());
    }
    assert.deepEqual(taken, [3, 5, 1, 3, 5, 1, 3, 5, 1]);
  });

  it("lets a backend keep its turns when it comes back under another id", () => {
    const backends = createBackends([1, 1, 1]);
    const turns = arranged(backends);
    take(turns, backends, 2);
    turns.arrange(backends.members.map((member, index) => ({ ...member, id: [1, 5, 3][index] ?? 0 })));
    assert.deepEqual(take(turns, backends, 1), [3]);
  });

  it("leaves no debt behind when heavy weights become light", () => {
    for (let before = 0; before < 8; before++) {
      const turns = arranged(createBackends([256, 256, 255]));
      take(turns, createBackends([256, 256, 255]), before);
      const light = createBackends([1, 1, 1]);
      turns.arrange(light.members);
      for (const share of shares(take(turns, light, 9), light.ids)) assert.ok(share >= 2 && share <= 4);
    }
  });

  it("lets the others go on fairly when the heaviest goes missing", () => {
    const weights = [256, 1, 1, 2];
    for (let before = 0; before < 600; before += 7) {
      const backends = createBackends(weights);
      const turns = arranged(backends);
      take(turns, backends, before);
      shares(take(turns, backends, 40, [1]), [3, 5, 7]).forEach((share, index) => {
        const due = [10, 10, 20][index] ?? 0;
        assert.ok(Math.abs(share - due) <= 2, `${share} instead of ${due} after ${before}`);
      });
    }
  });

  it("gives whoever comes back its share, and nothing for the time away", () => {
    const backends = createBackends([1, 1, 1, 1]);
    const turns = arranged(backends);
    take(turns, backends, 6);
    take(turns, backends, 1_000, [3]);
    for (const share of shares(take(turns, backends, 8), backends.ids)) assert.ok(share >= 1 && share <= 3);
  });

  it("does not let a newcomer push in", () => {
    const backends = createBackends([1, 1, 1, 1]);
    const turns = arranged(backends);
    assert.deepEqual(take(turns, backends, 3), [1, 3, 5]);
    turns.arrange(backends.members.map((member) => (member.id === 7 ? { ...member, key: "new" } : member)));
    assert.deepEqual(take(turns, backends, 4), [1, 3, 5, 7]);
  });

  it("gives newcomers no more than their share, however many have left with turns due to them", () => {
    const backends = createBackends([1, 1, 1, 1]);
    const turns = new Turns(0);
    let members = backends.members;
    for (let n = 0; n < 100; n++) {
      turns.arrange(members);
      const taken = take(turns, backends, 3);
      assert.ok(Math.max(...shares(taken, backends.ids)) <= 2, taken.join());
      const leaver = backends.ids.find((id) => !taken.includes(id));
      members = members.map((member) => (member.id === leaver ? { ...member, key: `newcomer ${n}` } : member));
    }
  });

  it("lets nobody wait for long after any history of absences", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uniqueArray(fc.nat({ max: 5 }), { maxLength: 6 }), { maxLength: 150 }),
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 6, maxLength: 6 }),
        (absences, weights) => {
          const backends = createBackends(weights);
          const turns = arranged(backends);
          for (const absent of absences)
            take(
              turns,
              backends,
              1,
              absent.map((index) => backends.ids[index] ?? 0),
            );
          const taken = new Set(take(turns, backends, 3 * sum(weights)));
          assert.equal(taken.size, weights.length);
        },
      ),
    );
  });

  it("recovers from weights of nothing at all", () => {
    const backends = createBackends([1, 1]);
    const turns = arranged(backends);
    backends.weight.fill(0);
    take(turns, backends, 5);
    backends.weight.fill(1);
    turns.arrange(backends.members);
    assert.deepEqual(shares(take(turns, backends, 10), backends.ids), [5, 5]);
  });
});
