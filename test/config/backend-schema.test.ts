import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { backendSchema, weightSchema } from "../../src/config/backend-schema.ts";

describe("backendSchema", () => {
  const plain = { weight: 1, backup: false, maxConnections: Infinity, resolve: "all" };

  it("takes an address alone", () => {
    assert.deepEqual(backendSchema.parse("a:1"), {
      ...plain,
      name: "a:1",
      address: { kind: "tcp", host: "a", port: 1 },
    });
  });

  it("takes an object, and fills in the rest", () => {
    assert.deepEqual(backendSchema.parse({ address: "unix:/run/x" }), {
      ...plain,
      name: "unix:/run/x",
      address: { kind: "unix", path: "/run/x" },
    });
  });

  it("takes every option", () => {
    const options = { address: "a:1", name: "x", weight: 0, backup: true, maxConnections: 5, resolve: "first" };
    assert.deepEqual(backendSchema.parse(options), { ...options, address: { kind: "tcp", host: "a", port: 1 } });
  });

  it("takes undefined for left out", () => {
    const options = { address: "a:1", name: undefined, weight: undefined, backup: undefined, maxConnections: "off" };
    assert.deepEqual(backendSchema.parse(options), backendSchema.parse("a:1"));
  });
});

describe("weightSchema", () => {
  it("goes from 0 to 256", () => {
    for (const weight of [0, 256]) assert.equal(weightSchema.parse(weight), weight);
    for (const weight of [-1, 257, 0.5]) assert.ok(!weightSchema.safeParse(weight).success);
  });
});
