import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { settings } from "../../src/config/settings.ts";

describe("settings", () => {
  for (const [name, setting] of Object.entries(settings)) {
    it(`has --${name} under its own name`, () => assert.equal(setting.flag, name));

    if (name === "log-format") continue;
    it(`accepts the default of --${name} as it is shown`, () => {
      assert.deepEqual(setting.parse(setting.defaultText), { value: setting.fallback });
    });
  }

  it("leaves the format of the log open where nothing is given", () => {
    assert.equal(settings["log-format"].fallback, undefined);
    assert.deepEqual(settings["log-format"].parse("pretty"), { value: "pretty" });
  });
});
