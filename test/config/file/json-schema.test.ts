import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { alternatives, fileJsonSchema, rawSchema } from "../../../src/config/file/json-schema.ts";

/** Each schema of a key, with its path. */
function* keysOf(schema: unknown, path = ""): Generator<[path: string, schema: Record<string, unknown>]> {
  if (typeof schema !== "object" || schema === null) return;
  for (const [name, value] of Object.entries(schema)) {
    if (name === "properties") {
      for (const [key, each] of Object.entries(value as Record<string, Record<string, unknown>>)) {
        yield [`${path}.${key}`, each];
        yield* keysOf(each, `${path}.${key}`);
      }
    } else yield* keysOf(value, path);
  }
}

describe("fileJsonSchema", () => {
  const keys = [...keysOf(fileJsonSchema())];

  it("describes every key", () => {
    assert.ok(keys.length > 100);
    for (const [path, { description }] of keys) assert.equal(typeof description, "string", path);
  });

  it("gives defaults as a file would have them", () => {
    const of = (path: string) => keys.find(([each]) => each === path)?.[1]["default"];
    assert.equal(of(".listeners.idle-timeout"), "1h");
    assert.equal(of(".listeners.backlog"), 4096);
    assert.equal(of(".listeners.peek.strict"), true);
  });

  it("leaves keys free that begin with x-, and no others", () => {
    const schema = fileJsonSchema();
    assert.equal(schema["additionalProperties"], false);
    assert.deepEqual(schema["patternProperties"], { "^x-": {} });
    assert.deepEqual(schema["required"], ["version"]);
  });

  it("says nothing that JSON Schema does not know", () => {
    const text = JSON.stringify(fileJsonSchema());
    for (const word of ['"flag":', '"restart":', '"defaultText":']) assert.ok(!text.includes(word), word);
  });
});

describe("rawSchema", () => {
  it("knows the flag of a key as well", () => {
    assert.match(JSON.stringify(rawSchema()), /"flag":"idle-timeout"/);
  });
});

describe("alternatives", () => {
  it("are the schema and all that it may be instead", () => {
    const inner = { anyOf: [{ a: 1 }, { b: 2 }] };
    assert.deepEqual(alternatives({ anyOf: [inner, { c: 3 }] }), [
      { anyOf: [inner, { c: 3 }] },
      inner,
      { a: 1 },
      { b: 2 },
      { c: 3 },
    ]);
  });
});
