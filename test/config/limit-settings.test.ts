import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { limitSettings } from "../../src/config/limit-settings.ts";

describe("limitSettings", () => {
  it("has every flag under its own name, and reads its default", () => {
    for (const [flag, setting] of Object.entries(limitSettings)) {
      assert.equal(setting.flag, flag);
      assert.deepEqual(setting.parse(setting.defaultText), { value: setting.fallback });
    }
  });

  it("takes rates and versions", () => {
    assert.deepEqual(limitSettings["client-rate"].parse("20/s"), { value: 20 });
    assert.deepEqual(limitSettings["send-proxy"].parse("v2"), { value: "v2" });
    assert.ok("problem" in limitSettings["queue-limit"].parse("0"));
  });
});
