import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { traps, type World } from "../../src/cli/traps.ts";
import type { ListenerOptions, PoolOptions } from "../../src/config/options.ts";
import { resolve } from "../../src/config/resolve.ts";
import { capacityOf } from "../../src/control/capacity.ts";

interface Setting {
  readonly listener?: Partial<ListenerOptions>;
  readonly pool?: Partial<PoolOptions>;
  readonly maxConnections?: number;
  readonly drainTimeoutMs?: number;
  readonly world?: Partial<World>;
}

function found({ listener, pool, maxConnections, drainTimeoutMs = 25_000, world }: Setting): readonly string[] {
  const config = resolve({
    listeners: { web: { listen: ":80", ...listener } },
    pools: { web: { backends: ["10.0.0.1:8080"], ...pool } },
    ...(maxConnections === undefined ? {} : { maxConnections }),
  });
  const capacity = capacityOf("auto", 1_024, 1);
  const process = { shutdownDelayMs: 0, drainTimeoutMs };
  return traps(config, process, { capacity, isKubernetes: false, greeting: new Set(), ...world });
}

describe("traps", () => {
  it("finds nothing in what is plain", () => assert.deepEqual(found({}), []));

  const cases: readonly (readonly [title: string, setting: Setting, warning: RegExp])[] = [
    [
      "a drain that outlives the grace",
      { drainTimeoutMs: 30_000 },
      /^shutdown-delay and drain-timeout together are 30s; Kubernetes/,
    ],
    [
      "the same in Kubernetes",
      { drainTimeoutMs: 30_000, world: { isKubernetes: true } },
      /terminationGracePeriodSeconds, 30s by default/,
    ],
    [
      "fewer descriptors than connections",
      { maxConnections: 1_000 },
      /^max-connections is 1,000, but the descriptor limit of 1,024 is enough for 472 sessions/,
    ],
    ["the same of a listener", { listener: { maxConnections: 1_000 } }, /^listener web: max-connections is 1,000, but/],
    [
      "no idle timeout",
      { listener: { idleTimeoutMs: "off" } },
      /^listener web: no idle-timeout: connections that nobody uses/,
    ],
    [
      "nothing that ends the forgotten",
      { listener: { idleTimeoutMs: "off", tcpKeepaliveMs: "off" } },
      /no idle-timeout and no tcp-keepalive/,
    ],
    [
      "peeking on the port of a server that speaks first",
      { listener: { listen: ":22", peek: "auto" } },
      /^listener web: peeks on the port of SSH/,
    ],
    [
      "peeking before a backend that speaks first",
      { listener: { peek: "auto" }, world: { greeting: new Set(["web/10.0.0.1:8080"]) } },
      /^listener web: peeks, but backend web\/10\.0\.0\.1:8080 speaks first/,
    ],
    [
      "a probe that is logged as an error",
      { pool: { backends: ["db:3306"] } },
      /^backend web\/db:3306: every 5s a probe connects and says nothing; MySQL/,
    ],
    [
      "a probe without the header that is expected",
      { pool: { sendProxy: "v2", probe: { sendProxy: "off" } } },
      /^pool web: probes send no PROXY header/,
    ],
  ];
  for (const [title, setting, warning] of cases) {
    it(`warns of ${title}`, () => assert.match(found(setting)[0] ?? "", warning));
  }

  it("says nothing of probes that are off, or of functions", () => {
    assert.deepEqual(found({ pool: { backends: ["db:3306"], probe: "off" } }), []);
    assert.deepEqual(found({ pool: { backends: ["db:3306"], probe: { type: async () => {} } } }), []);
  });
});
