import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { median, quantile } from "../../bench/quantile.ts";

describe("median", () => {
  it("is the middle value, or the mean of the two in the middle", () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.equal(median([7]), 7);
  });

  it("of nothing is not a number", () => assert.ok(Number.isNaN(median([]))));
});

describe("quantile", () => {
  const hundred = Float64Array.from({ length: 100 }, (_, index) => index + 1);

  it("is the nearest rank", () => {
    assert.equal(quantile(hundred, 0.5), 50);
    assert.equal(quantile(hundred, 0.99), 99);
    assert.equal(quantile(hundred, 0.999), 100);
    assert.equal(quantile(hundred, 0), 1);
  });

  it("of nothing is not a number", () => assert.ok(Number.isNaN(quantile(new Float64Array(0), 0.5))));
});
