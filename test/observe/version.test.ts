import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { packageVersion } from "../../src/observe/version.ts";

describe("packageVersion", () => {
  it("is that of package.json", () => {
    // From dist/test/observe.
    const manifest: unknown = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
    assert.equal(packageVersion(), Object(manifest).version);
  });
});
