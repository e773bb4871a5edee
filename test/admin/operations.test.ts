import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nameOf, operations } from "../../src/admin/operations.ts";
import { schemas } from "../../src/admin/schemas.ts";

describe("operations", () => {
  it("has each method of a path once", () => {
    const names = operations.map(nameOf);
    assert.equal(new Set(names).size, names.length);
  });

  it("refers to schemas that there are", () => {
    for (const { body, answers } of operations) {
      const names = [body, ...Object.values(answers).map(({ schema }) => schema)].filter((name) => name !== undefined);
      for (const name of names) assert.ok(Object.hasOwn(schemas, name), name);
    }
  });

  it("lets nobody change anything without the right to", () => {
    const free = operations.filter(({ method, access }) => method !== "GET" && access !== "change");
    assert.deepEqual(free.map(nameOf), ["POST /login", "POST /logout"]);
  });
});
