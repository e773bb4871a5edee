import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ListenerOptions } from "../../src/config/options.ts";
import { resolve } from "../../src/config/resolve.ts";
import { listenerSnapshot, poolsOf } from "../../src/control/listener-snapshot.ts";

const config = resolve({
  listeners: { web: { listen: ":80", pool: "a", tcpKeepaliveMs: 5_000 } },
  pools: { a: { backends: [] }, b: { backends: [] } },
}).listeners[0];

describe("listenerSnapshot", () => {
  it("is the configuration and the places, as plain data", () => {
    assert.ok(config !== undefined);
    const snapshot = listenerSnapshot(config, { slot: 1, revision: 2, perClient: undefined, lane: 3, lanes: { a: 4 } });
    const { name, pool, keepaliveMs, slot, revision, lane, lanes } = snapshot;
    assert.deepEqual(
      { name, pool, keepaliveMs, slot, revision, lane, lanes },
      { name: "web", pool: "a", keepaliveMs: 5_000, slot: 1, revision: 2, lane: 3, lanes: { a: 4 } },
    );
    assert.deepEqual(structuredClone(snapshot), snapshot);
  });
});

describe("poolsOf", () => {
  const pools = { a: { backends: [] }, b: { backends: [] }, c: { backends: [] } };
  const named = (listener: Partial<ListenerOptions>): string[] => {
    const resolved = resolve({ listeners: { web: { listen: ":80", ...listener } }, pools });
    const [web] = resolved.listeners;
    return web === undefined ? [] : [...poolsOf(web, resolved.pools)];
  };

  it("names every pool that a listener's sessions can go to", () => {
    assert.deepEqual(named({ pool: "a" }), ["a"]);
  });

  it("names all where a function decides", () => {
    assert.deepEqual(named({ routes: [() => undefined] }), ["a", "b", "c"]);
  });
});
