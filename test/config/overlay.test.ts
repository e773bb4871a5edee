import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type ListenerOverlay, overListener, overPool, type PoolOverlay } from "../../src/config/overlay.ts";

const NOTHING: ListenerOverlay = {
  plain: {},
  peek: undefined,
  peekTimeoutMs: undefined,
  peekBytes: undefined,
  allow: undefined,
  deny: undefined,
  acceptProxy: undefined,
  clientConnections: undefined,
  clientRate: undefined,
};

const NO_POOL: PoolOverlay = {
  plain: {},
  probeType: undefined,
  httpProbe: {},
  probe: {},
  sendProxy: undefined,
  queueLimit: undefined,
  queueTimeoutMs: undefined,
};

describe("overListener", () => {
  it("leaves a listener alone where nothing is given", () => {
    const listener = { listen: ":80", peek: { as: "http", strict: false }, access: { deny: ["::1"] } } as const;
    assert.deepEqual(overListener(listener, NOTHING), listener);
  });

  it("replaces what is given, and keeps the rest of the same object", () => {
    const listener = {
      listen: ":80",
      idleTimeoutMs: 5,
      peek: { as: "http", strict: false },
      access: { deny: ["::1"], denyFile: "x" },
      acceptProxy: { from: ["::1"], policy: "use" },
      perClient: { burst: 3 },
    } as const;
    const overlay: ListenerOverlay = {
      plain: { idleTimeoutMs: 7 },
      peek: "auto",
      peekTimeoutMs: 9,
      peekBytes: 512,
      allow: ["::2"],
      deny: [],
      acceptProxy: ["::3"],
      clientConnections: 4,
      clientRate: "off",
    };
    assert.deepEqual(overListener(listener, overlay), {
      listen: ":80",
      idleTimeoutMs: 7,
      peek: { as: "auto", strict: false, timeoutMs: 9, byteCount: 512 },
      access: { allow: ["::2"], deny: [], denyFile: "x" },
      acceptProxy: { from: ["::3"], policy: "use" },
      perClient: { burst: 3, maxConnections: 4, ratePerSecond: "off" },
    });
  });

  it("peeks at no listener because of a timeout alone", () => {
    assert.deepEqual(overListener({ listen: ":80" }, { ...NOTHING, peekTimeoutMs: 9 }), { listen: ":80" });
    assert.deepEqual(overListener({ listen: ":80", peek: "tls" }, { ...NOTHING, peekTimeoutMs: 9 }).peek, {
      as: "tls",
      timeoutMs: 9,
    });
  });
});

describe("overPool", () => {
  it("leaves a pool alone where nothing is given", () => {
    const pool = { backends: ["a:1"], probe: "off", queue: { limit: 3 } } as const;
    assert.deepEqual(overPool(pool, NO_POOL), pool);
  });

  it("replaces what is given, and keeps the rest of the same object", () => {
    const pool = { backends: ["a:1"], probe: { fall: 9, rise: 9 }, queue: { limit: 3, timeoutMs: 4 } } as const;
    const overlay = { ...NO_POOL, plain: { attempts: 5 }, probe: { rise: 1 }, sendProxy: "v1", queueLimit: 8 } as const;
    assert.deepEqual(overPool(pool, overlay), {
      backends: ["a:1"],
      attempts: 5,
      probe: { fall: 9, rise: 1 },
      sendProxy: "v1",
      queue: { limit: 8, timeoutMs: 4 },
    });
    assert.equal(overPool(pool, { ...NO_POOL, probeType: "off" }).probe, "off");
    assert.equal(overPool(pool, { ...NO_POOL, queueLimit: "off" }).queue, "off");
  });

  it("begins no queue because of a timeout alone", () => {
    assert.deepEqual(overPool({ backends: [] }, { ...NO_POOL, queueTimeoutMs: 5 }), { backends: [] });
  });
});
