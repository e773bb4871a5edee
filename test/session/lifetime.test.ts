import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { lifetimeMs } from "../../src/session/lifetime.ts";

const chance = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

describe("lifetimeMs", () => {
  it("is what the listener says, without asking chance where there is no jitter", () => {
    const random = (): number => assert.fail("chance was asked");
    assert.equal(lifetimeMs({ maxLifetimeMs: 1_000, maxLifetimeJitter: 0 }, random), 1_000);
    assert.equal(lifetimeMs({ maxLifetimeMs: Number.POSITIVE_INFINITY, maxLifetimeJitter: 0 }, random), Infinity);
  });

  it("is shorter by the jitter at most", () => {
    fc.assert(
      fc.property(chance, chance, (maxLifetimeJitter, drawn) => {
        const ms = lifetimeMs({ maxLifetimeMs: 1_000, maxLifetimeJitter }, () => drawn);
        assert.ok(ms <= 1_000 && ms >= 1_000 * (1 - maxLifetimeJitter));
      }),
    );
  });
});
