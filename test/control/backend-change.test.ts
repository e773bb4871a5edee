import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { effectiveChange, limitOf } from "../../src/control/backend-change.ts";
import { backendConfig } from "./test-surroundings.ts";

const CONFIG = backendConfig({ address: "10.0.0.1:80", name: "a", weight: 2, maxConnections: 50 });
const AS_CONFIGURED = { administrative: "ready", weight: 2, maxConnections: 50, config: CONFIG } as const;

describe("effectiveChange", () => {
  it("is empty where everything is so already", () => {
    const { set, values, isEmpty } = effectiveChange({ state: "ready", weight: 2, maxConnections: 50 }, AS_CONFIGURED);
    assert.deepEqual([set, values, isEmpty], [{}, {}, true]);
    assert.equal(effectiveChange({}, AS_CONFIGURED).isEmpty, true);
  });

  it("leaves what is new as override", () => {
    const change = { state: "drain", weight: 0, maxConnections: "off" } as const;
    assert.deepEqual(effectiveChange(change, AS_CONFIGURED), { set: change, values: change, isEmpty: false });
  });

  it("leaves no override where it goes back to the configuration", () => {
    const changed = { ...AS_CONFIGURED, administrative: "drain", weight: 9, maxConnections: limitOf("off") } as const;
    const change = { state: "ready", weight: 2, maxConnections: 50 } as const;
    assert.deepEqual(effectiveChange(change, changed), {
      set: change,
      values: { state: null, weight: null, maxConnections: null },
      isEmpty: false,
    });
  });
});
