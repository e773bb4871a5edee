import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { agoText, overrideText, reasonText, stateSpan } from "../../../src/cli/ctl/tones.ts";
import { AT, backendOf, endpointOf, overrideOf } from "../remote/figures.ts";

const downEndpoint = endpointOf("10.0.0.3:80", { state: "down", lastProbe: "ECONNREFUSED" });
const ejected = endpointOf("10.0.0.4:80", { state: "ejected", ejectedUntil: "2026-11-21T20:00:09.400Z" });

describe("reasonText", () => {
  const cases: readonly (readonly [what: string, backend: ReturnType<typeof backendOf>, text: string])[] = [
    ["nothing about one that serves", backendOf("b"), ""],
    ["why the last probe failed", backendOf("b", { addresses: [downEndpoint] }), "probe: ECONNREFUSED"],
    ["for how long it is ejected", backendOf("b", { addresses: [ejected] }), "ejected for 9s"],
    [
      "how many of its addresses are in trouble",
      backendOf("b", { addresses: [endpointOf("10.0.0.1:80"), downEndpoint, ejected] }),
      "2 of 3: probe: ECONNREFUSED",
    ],
    ["that its name has no address", backendOf("b", { addresses: [] }), "no address: its name does not resolve"],
    [
      "who has changed what",
      backendOf("b", { override: overrideOf("web", "b", { state: "drain", weight: 0 }) }),
      "drain, weight 0 by token 3m12s ago",
    ],
  ];
  for (const [what, backend, text] of cases) it(`says ${what}`, () => assert.equal(reasonText(backend, AT), text));
});

describe("overrideText", () => {
  it("names everything that was set", () => {
    const all = overrideOf("web", "b", { membership: "added", state: "maintenance", weight: 2, maxConnections: "off" });
    assert.equal(overrideText(all), "added, maintenance, weight 2, limit off");
    assert.equal(overrideText(overrideOf("web", "b")), "changed");
  });
});

describe("agoText", () => {
  it("takes a clock that is behind for one that is right", () => {
    assert.equal(agoText("2026-11-21T20:00:05.000Z", AT), "0s ago");
  });
});

describe("stateSpan", () => {
  it("has a colour for each state, and none for one that it does not know", () => {
    const tones = ["ready", "drain", "maintenance", "ejected", "down", "new"].map((state) => stateSpan(state).tone);
    assert.deepEqual(tones, ["good", "warning", "accent", "bad", "bad", "plain"]);
  });
});
