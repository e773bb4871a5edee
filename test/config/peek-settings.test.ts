import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { peekSettings } from "../../src/config/peek-settings.ts";

describe("peekSettings", () => {
  it("has every flag of peeking under its own name, and reads its default", () => {
    for (const [flag, setting] of Object.entries(peekSettings)) {
      assert.equal(setting.flag, flag);
      assert.deepEqual(setting.parse(setting.defaultText), { value: setting.fallback });
    }
  });

  it("knows that requests can't be balanced one by one yet", () => {
    assert.deepEqual(peekSettings["http-keep-alive"].parse("per-request"), {
      problem: '"per-request" is not available yet; expected close or sticky',
    });
  });

  it("bounds what is looked at", () => {
    assert.deepEqual(peekSettings["peek-size"].parse("1KiB"), { value: 1_024 });
    const problem = 'got "65KiB", expected a size from 256B to 64KiB';
    assert.deepEqual(peekSettings["peek-size"].parse("65KiB"), { problem });
  });
});
