import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { defaults } from "../../src/config/defaults.ts";
import { onDownModes, onUpModes } from "../../src/config/health-options.ts";

describe("what may become of sessions", () => {
  it("begins with the word that lets them be, which is the default", () => {
    assert.deepEqual([onDownModes[0], onUpModes[0]], [defaults.pool.onDown, defaults.pool.onUp]);
  });
});
