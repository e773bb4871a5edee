import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";

// From dist/test.
const root: URL = new URL("../../", import.meta.url);

describe("FEATURES", () => {
  it("names only tests that exist", () => {
    const table = readFileSync(new URL(".github/FEATURES.md", root), "utf8");
    const named = [...table.matchAll(/^\|.*\| (test\/\S+) › (.+?) *\|$/gm)];
    assert.ok(named.length > 30);
    const missing = named.filter(([, path = "", title = ""]) => {
      const file = new URL(path, root);
      return !existsSync(file) || !readFileSync(file, "utf8").includes(title);
    });
    assert.deepEqual(
      missing.map(([, path, title]) => `${path} › ${title}`),
      [],
    );
  });
});
