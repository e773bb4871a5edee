import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { z } from "zod";
import { balancerSchema } from "../../src/config/schema.ts";

/** Each key of the schema, and whether it says what it is. */
function* described(schema: unknown, path = "options"): Generator<[path: string, description: unknown]> {
  if (typeof schema !== "object" || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    if (key === "properties" && typeof value === "object" && value !== null) {
      for (const [name, property] of Object.entries(value)) {
        yield [`${path}.${name}`, z.object({ description: z.string() }).safeParse(property).data?.description];
      }
    }
    yield* described(value, key === "properties" || key === "anyOf" ? path : `${path}.${key}`);
  }
}

describe("balancerSchema", () => {
  it("has no log unless asked, and all of its defaults when asked", () => {
    const plain = { listeners: {}, pools: {} };
    assert.equal(balancerSchema.parse(plain).log, undefined);
    assert.equal(balancerSchema.parse({ ...plain, log: "off" }).log, undefined);
    assert.deepEqual(balancerSchema.parse({ ...plain, log: {} }).log, {
      level: "info",
      format: "json",
      output: "stdout",
      access: "all",
      ignore: { empty: false, clients: [] },
      accessIntervalMs: Number.POSITIVE_INFINITY,
    });
  });

  it("describes each of its keys", () => {
    const json = z.toJSONSchema(balancerSchema, { io: "input", unrepresentable: "any" });
    const keys = [...described(json)];
    assert.ok(keys.length > 30);
    for (const [path, description] of keys) assert.equal(typeof description, "string", path);
  });
});
