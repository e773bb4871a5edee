import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Given } from "../../src/config/given.ts";
import { keys } from "../../src/config/keys.ts";
import { type Loaded, loadOptions } from "../../src/config/load.ts";
import { resolve } from "../../src/config/resolve.ts";
import { LbError } from "../../src/errors.ts";
import { hostileText } from "./texts.ts";

const least = { listen: ["80"], upstream: ["a:1"] };

function load(flags: Given["flags"], environment: Given["environment"] = {}): Loaded {
  return loadOptions({ flags, environment }, (path) => {
    throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
  });
}

describe("loadOptions", () => {
  it("fills in the defaults", () => {
    assert.deepEqual(load(least), {
      options: {
        listeners: {
          default: {
            listen: ["80"],
            pool: "default",
            dial: "immediate",
            idleTimeoutMs: 3_600_000,
            halfCloseTimeoutMs: 60_000,
            maxLifetimeMs: "off",
            backlog: 4096,
            tcpKeepaliveMs: 60_000,
            tcpUserTimeoutMs: "off",
          },
        },
        pools: {
          default: {
            backends: [{ address: "a:1" }],
            policy: "least-connections",
            dialTimeoutMs: 3_000,
            dialDeadlineMs: 10_000,
            attempts: 3,
            resolveIntervalMs: 10_000,
            probe: { type: "tcp", intervalMs: 5_000, timeoutMs: 2_000, rise: 2, fall: 3 },
          },
        },
        maxConnections: "auto",
        transport: "auto",
        workers: "auto",
        log: { level: "info", output: "stdout", access: "all" },
      },
      process: { shutdownDelayMs: 0, drainTimeoutMs: 25_000 },
      warnings: [],
      files: [],
      file: undefined,
    });
  });

  it("takes every flag", () => {
    const loaded = load({
      port: ["8080"],
      backends: ["web/x=a:1,weight=2,backup,max-connections=9"],
      backlog: ["1"],
      policy: ["round-robin"],
      "dial-timeout": ["1s"],
      "dial-deadline": ["2s"],
      attempts: ["4"],
      "resolve-interval": ["1m"],
      dial: ["on-data"],
      "idle-timeout": ["off"],
      "half-close-timeout": ["5s"],
      "max-lifetime": ["1d"],
      "tcp-keepalive": ["off"],
      "tcp-user-timeout": ["30s"],
      probe: ["tcp"],
      "probe-interval": ["500ms"],
      "probe-timeout": ["100ms"],
      rise: ["5"],
      fall: ["6"],
      "max-connections": ["1000"],
      transport: ["linux"],
      workers: ["4"],
      "shutdown-delay": ["5s"],
      "drain-timeout": ["0s"],
      "log-level": ["debug"],
      "log-format": ["pretty"],
      "log-output": ["/var/log/lb-tcp.log"],
      "access-log": ["errors"],
    });
    assert.deepEqual(loaded, {
      options: {
        listeners: {
          default: {
            listen: ["8080"],
            pool: "web",
            dial: "on-data",
            idleTimeoutMs: "off",
            halfCloseTimeoutMs: 5_000,
            maxLifetimeMs: 86_400_000,
            backlog: 1,
            tcpKeepaliveMs: "off",
            tcpUserTimeoutMs: 30_000,
          },
        },
        pools: {
          web: {
            backends: [{ address: "a:1", name: "x", weight: 2, backup: true, maxConnections: 9 }],
            policy: "round-robin",
            dialTimeoutMs: 1_000,
            dialDeadlineMs: 2_000,
            attempts: 4,
            resolveIntervalMs: 60_000,
            probe: { type: "tcp", intervalMs: 500, timeoutMs: 100, rise: 5, fall: 6 },
          },
        },
        maxConnections: 1_000,
        transport: "linux",
        workers: 4,
        log: { level: "debug", format: "pretty", output: "/var/log/lb-tcp.log", access: "errors" },
      },
      process: { shutdownDelayMs: 5_000, drainTimeoutMs: 0 },
      warnings: [],
      files: [],
      file: undefined,
    });
  });

  it("takes everything from the environment too", () => {
    const environment = { LB_TCP_LISTEN: "80", LB_TCP_UPSTREAM: "a:1,b:2", LB_TCP_PROBE: "off", LB_TCP_RISE: "9" };
    const pool = load({}, environment).options.pools["default"];
    assert.deepEqual(pool?.backends, [{ address: "a:1" }, { address: "b:2" }]);
    assert.equal(pool.probe, "off");
  });

  it("takes a path and statuses for probes over HTTP, and refuses them where there are none", () => {
    const http = { ...least, probe: ["http"], "probe-path": ["/health"], "probe-status": ["200,204"] };
    const { probe } = load(http).options.pools["default"] ?? {};
    assert.ok(typeof probe === "object");
    assert.deepEqual([probe.type, probe.path, probe.status], ["http", "/health", ["200", "204"]]);
    const message = "is for probes over HTTP, and there are none; add --probe http, or leave it out";
    assert.throws(
      () => load({ ...least, "probe-path": ["/health"] }, { LB_TCP_PROBE_STATUS: "200" }),
      new LbError("LB_CONFIG", `--probe-path: ${message}\nLB_TCP_PROBE_STATUS: ${message}`, {
        details: {
          problems: [
            { path: "--probe-path", message },
            { path: "LB_TCP_PROBE_STATUS", message },
          ],
        },
      }),
    );
  });

  it("reports all problems at once, each where its value came from", () => {
    const flags = { lisen: ["80"], upstream: ["a"], "idle-timeout": ["5"], rise: ["1", "2"] };
    assert.throws(
      () => load(flags, { LB_TCP_FALL: "0", LB_TCP_LISTEN: "http" }),
      new LbError(
        "LB_CONFIG",
        [
          "--lisen: unknown flag; did you mean --listen?",
          'LB_TCP_LISTEN: "http" has no port; write http:80',
          '--upstream: "a" has no port; write a:80',
          '--idle-timeout: "5" has no unit; write 5s or 5m',
          '--rise: got "1" and "2", expected one value; give it once',
          'LB_TCP_FALL: got "0", expected a whole number from 1 to 100',
        ].join("\n"),
        {
          details: {
            problems: [
              { path: "--lisen", message: "unknown flag; did you mean --listen?" },
              { path: "LB_TCP_LISTEN", message: '"http" has no port; write http:80' },
              { path: "--upstream", message: '"a" has no port; write a:80' },
              { path: "--idle-timeout", message: '"5" has no unit; write 5s or 5m' },
              { path: "--rise", message: 'got "1" and "2", expected one value; give it once' },
              { path: "LB_TCP_FALL", message: 'got "0", expected a whole number from 1 to 100' },
            ],
          },
        },
      ),
    );
  });

  it("warns of unknown variables", () => {
    assert.deepEqual(load(least, { LB_TCP_IDLE: "1", LB_TCP_PORT: "tcp://10.0.0.1:80" }).warnings, [
      "LB_TCP_IDLE: unknown variable, ignored",
    ]);
  });

  it("warns of a dial's timeout that its deadline comes before", () => {
    assert.deepEqual(load({ ...least, "dial-timeout": ["20s"] }).warnings, [
      "--dial-timeout: 20s is never reached, because --dial-deadline is 10s; raise --dial-deadline too",
    ]);
  });

  it("names the line of the access list in which something is wrong, not one of the file that names the list", () => {
    const texts: Readonly<Record<string, string>> = {
      "/etc/lb.yaml":
        "version: 1\nlisteners: { web: { listen: 80, access: { deny-file: deny.txt } } }\npools: { web: { backends: [a:1] } }",
      "/etc/deny.txt": "10.0.0.1\nrubbish\n",
    };
    const given = { flags: { config: ["/etc/lb.yaml"] }, environment: {} };
    assert.throws(() => loadOptions(given, (path) => texts[path] ?? ""), {
      code: "LB_CONFIG",
      message: /^\/etc\/deny\.txt:2:1: "rubbish" is no address or network/,
    });
  });

  it("throws its own error, or gives options that resolve", () => {
    const texts = fc.oneof(
      fc.constantFrom("80", "a:1", "web/a:1", "5s", "off", "10", "auto", "tcp", "__proto__/a:1", "constructor/a:1"),
      hostileText("a1:/=,[]weightsm"),
    );
    const flags = fc.dictionary(fc.constantFrom(...keys.map(({ flag }) => flag)), fc.array(texts));
    const variables = fc.dictionary(fc.constantFrom(...keys.map(({ variable }) => variable)), texts, { maxKeys: 2 });
    fc.assert(
      fc.property(flags, variables, (some, environment) => {
        let loaded: Loaded;
        try {
          loaded = load({ listen: ["80"], upstream: ["a:1"], ...some }, environment);
        } catch (error) {
          assert.ok(error instanceof LbError && error.code === "LB_CONFIG");
          for (const { path, message } of error.details.problems ?? [])
            assert.match(`${path}: ${message}`, /^\P{Cc}+$/u);
          return;
        }
        resolve(loaded.options);
      }),
      { numRuns: 500 },
    );
  });

  it("resolves whatever single flag it accepts", () => {
    const texts = fc.constantFrom(
      "1",
      "10",
      "100",
      "10ms",
      "1s",
      "1m",
      "1h",
      "1d",
      "24d",
      "25d",
      "0s",
      "off",
      "auto",
      "65535",
    );
    fc.assert(
      fc.property(fc.constantFrom(...keys.map(({ flag }) => flag)), texts, (flag, text) => {
        let loaded: Loaded;
        try {
          loaded = load({ ...least, [flag]: [text] });
        } catch {
          return;
        }
        resolve(loaded.options);
      }),
      { numRuns: 500 },
    );
  });
});
