import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Run } from "../../src/cli/command-line.ts";
import { schemaText } from "../../src/cli/schema.ts";

const run: Run = { kind: "run", command: undefined, flags: {}, words: [], problems: [], spokenOf: new Set() };

describe("schemaText", () => {
  it("is JSON Schema, or the table of keys", () => {
    const schema: { $schema?: unknown } = JSON.parse(schemaText(run));
    assert.equal(schema.$schema, "https://json-schema.org/draft/2020-12/schema");
    assert.match(schemaText({ ...run, words: ["table"] }), /^\| key \| flag \| variable \|/);
  });

  it("takes nothing else", () => {
    const message = "lb-tcp schema takes the word table, or nothing; leave it out";
    assert.throws(() => schemaText({ ...run, words: ["table", "x"], flags: { rise: ["1"] } }), {
      code: "LB_CONFIG",
      message: `x: ${message}\n--rise: ${message}`,
    });
  });
});
