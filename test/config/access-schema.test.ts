import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { accessSchema, perClientSchema } from "../../src/config/access-schema.ts";
import { problemsOf } from "./problems-of.ts";

describe("accessSchema", () => {
  it("takes lists and files", () => {
    assert.equal(accessSchema.parse(undefined), undefined);
    assert.deepEqual(accessSchema.parse({}), { deny: [] });
    const access = { allow: ["10.0.0.0/8"], deny: ["10.0.0.1"], allowFile: "a.txt", denyFile: "d.txt" };
    assert.deepEqual(accessSchema.parse(access), access);
  });

  it("refuses what is no list", () => {
    assert.deepEqual(problemsOf(accessSchema, { deny: "10.0.0.1", denyFile: "" }), [
      'x.deny: got "10.0.0.1", expected a list of addresses and CIDRs',
      'x.denyFile: got "", expected the path of a file',
    ]);
  });
});

describe("perClientSchema", () => {
  it("is nothing where nothing is limited", () => {
    assert.equal(perClientSchema.parse(undefined), undefined);
    assert.equal(perClientSchema.parse({ ipv6Prefix: 48 }), undefined);
  });

  it("allows a burst of one second's worth by default", () => {
    const plain = { maxConnections: Infinity, ipv6Prefix: 64, tableSize: 100_000 };
    assert.deepEqual(perClientSchema.parse({ ratePerSecond: 20 }), { ...plain, ratePerSecond: 20, burst: 20 });
    assert.deepEqual(perClientSchema.parse({ ratePerSecond: 0.2 }), { ...plain, ratePerSecond: 0.2, burst: 1 });
    assert.equal(perClientSchema.parse({ ratePerSecond: 20, burst: 40 })?.burst, 40);
  });

  it("refuses rates that are none", () => {
    const message = 'x.ratePerSecond: got 0, expected a number from 0.001 to 1,000,000, or "off"';
    assert.deepEqual(problemsOf(perClientSchema, { ratePerSecond: 0 }), [message]);
  });
});
