// .github/CONFIGURATION.md and the shipped schema, held against the program.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileJsonSchema } from "../src/config/file/json-schema.ts";
import { keyTable } from "../src/config/file/key-table.ts";

// From dist/test.
const root: URL = new URL("../../", import.meta.url);

describe(".github/CONFIGURATION.md", () => {
  it("has the table that `lb-tcp schema table` prints", () => {
    const text = readFileSync(new URL(".github/CONFIGURATION.md", root), "utf8");
    assert.equal(text.slice(text.indexOf("| key |")), keyTable());
  });
});

describe("the package", () => {
  it("brings the schema that `lb-tcp schema` prints, where package.json says", () => {
    const manifest: { exports: Record<string, string> } = JSON.parse(
      readFileSync(new URL("package.json", root), "utf8"),
    );
    const path = manifest.exports["./schema.json"];
    assert.ok(path !== undefined);
    const shipped: unknown = JSON.parse(readFileSync(new URL(path, root), "utf8"));
    assert.deepEqual(shipped, JSON.parse(JSON.stringify(fileJsonSchema())));
  });
});
