import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { drawByWeight, haveEqualWeights, totalWeight } from "../../src/balance/weights.ts";
import { createBackends, sum } from "./backends.ts";

const weights = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 8 });

/** What is drawn with each ticket in turn. */
function drawAll(total: number, draw: (random: () => number) => number): number[] {
  return Array.from({ length: total }, (_, ticket) => draw(() => (ticket + 0.5) / total));
}

describe("haveEqualWeights", () => {
  it("holds unless two weights differ", () => {
    assert.equal(haveEqualWeights([]), true);
    assert.equal(haveEqualWeights(createBackends([7]).members), true);
    assert.equal(haveEqualWeights(createBackends([7, 7, 7]).members), true);
    assert.equal(haveEqualWeights(createBackends([7, 7, 8]).members), false);
  });
});

describe("totalWeight", () => {
  it("adds up the weights of the candidates only", () => {
    const { without } = createBackends([1, 20, 100]);
    assert.equal(totalWeight(without()), 121);
    assert.equal(totalWeight(without(3)), 101);
    assert.equal(totalWeight(without(1, 3, 5)), 0);
  });
});

describe("drawByWeight", () => {
  it("gives each candidate as many chances as its weight says", () => {
    fc.assert(
      fc.property(weights, (weights) => {
        const { ids, without } = createBackends(weights);
        const drawn = drawAll(sum(weights), (random) => drawByWeight(without(), sum(weights), random, -1));
        assert.deepEqual(
          ids.map((id) => drawn.filter((other) => other === id).length),
          weights,
        );
      }),
    );
  });

  it("leaves out the exception and changes nobody else's chances", () => {
    fc.assert(
      fc.property(weights, fc.nat(), (weights, choice) => {
        const { ids, without } = createBackends([...weights, 3]);
        const left = choice % ids.length;
        const expected = [...weights, 3].map((weight, index) => (index === left ? 0 : weight));
        const drawn = drawAll(sum(expected), (random) =>
          drawByWeight(without(), sum(expected), random, ids[left] ?? -1),
        );
        assert.deepEqual(
          ids.map((id) => drawn.filter((other) => other === id).length),
          expected,
        );
      }),
    );
  });

  it("still draws somebody when weights shrank after they were added up", () => {
    const { without } = createBackends([1, 1]);
    assert.equal(
      drawByWeight(without(), 500, () => 0.99, -1),
      3,
    );
  });
});
