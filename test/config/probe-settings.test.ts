import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { probeSettings } from "../../src/config/probe-settings.ts";

describe("probeSettings", () => {
  it("knows the types that a flag can describe", () => {
    for (const value of ["tcp", "http", "tls", "off"]) assert.deepEqual(probeSettings.probe.parse(value), { value });
    assert.deepEqual(probeSettings.probe.parse("icmp"), { problem: 'got "icmp", expected tcp, http, tls or off' });
  });

  it("takes a path", () => {
    assert.deepEqual(probeSettings["probe-path"].parse("/health?a=b"), { value: "/health?a=b" });
    assert.ok("problem" in probeSettings["probe-path"].parse("health"));
  });

  it("takes statuses and ranges of them, with commas in between", () => {
    const status = probeSettings["probe-status"];
    assert.deepEqual(status.parse("200-299, 401"), { value: ["200-299", "401"] });
    assert.deepEqual(status.parse("200,"), {
      problem: 'got "", expected a status or a range from 100 to 599, such as 200-299',
    });
    assert.equal(status.defaultText, "200-399");
  });
});
