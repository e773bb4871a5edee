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

  it("gives the path and the statuses to probes over HTTP, and to no others", () => {
    const overlay = { ...NO_POOL, httpProbe: { path: "/a", status: ["204"] } };
    const http = { backends: [], probe: { type: "http", path: "/b", rise: 1 } } as const;
    assert.deepEqual(overPool(http, overlay).probe, { type: "http", path: "/a", status: ["204"], rise: 1 });
    const tls = { backends: [], probe: { type: "tls", ca: "ca.pem" } } as const;
    assert.deepEqual(overPool(tls, overlay), tls);
    assert.deepEqual(overPool({ backends: [] }, overlay), { backends: [] });
    assert.deepEqual(overPool({ backends: [] }, { ...overlay, probeType: "http" }).probe, {
      type: "http",
      path: "/a",
      status: ["204"],
    });
  });

  it("leaves out of a probe of another type what is not for this one", () => {
    const tls = { backends: [], probe: { type: "tls", ca: "ca.pem", intervalMs: 100, jitter: 0 } } as const;
    const overlay = { ...NO_POOL, probeType: "http" } as const;
    assert.deepEqual(overPool(tls, overlay).probe, { type: "http", intervalMs: 100, jitter: 0 });
    assert.deepEqual(overPool(tls, { ...NO_POOL, probeType: "tls" }).probe, tls.probe);
  });

  it("begins no queue because of a timeout alone", () => {
    assert.deepEqual(overPool({ backends: [] }, { ...NO_POOL, queueTimeoutMs: 5 }), { backends: [] });
  });
});
