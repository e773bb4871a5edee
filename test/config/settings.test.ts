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

  it("tells probes that are reserved from those that are unknown", () => {
    for (const word of ["http", "tls"]) {
      assert.deepEqual(settings.probe.parse(word), { problem: `"${word}" is not available yet; expected tcp or off` });
    }
    assert.deepEqual(settings.probe.parse("icmp"), { problem: 'got "icmp", expected tcp or off' });
  });
});
