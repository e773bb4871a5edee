import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { probeTypes, readyScripts } from "../../src/config/probe-options.ts";

describe("the words of a probe", () => {
  it("are those of the interface", () => {
    assert.deepEqual(probeTypes, ["tcp", "tls", "http", "script"]);
    assert.deepEqual(readyScripts, ["redis", "postgresql"]);
  });
});
