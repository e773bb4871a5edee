import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { accessLogs, dialModes, logFormats, logLevels } from "../../src/config/options.ts";

describe("the words of options", () => {
  it("are an API", () => {
    assert.deepEqual(dialModes, ["immediate", "on-data"]);
    assert.deepEqual(logLevels, ["trace", "debug", "info", "warn", "error", "silent"]);
    assert.deepEqual(logFormats, ["json", "pretty"]);
    assert.deepEqual(accessLogs, ["all", "errors", "off"]);
  });
});
