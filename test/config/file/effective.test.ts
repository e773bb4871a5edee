import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { effectiveFile } from "../../../src/config/file/effective.ts";
import { resolve } from "../../../src/config/resolve.ts";

const PROCESS = { shutdownDelayMs: 0, drainTimeoutMs: 25_000 };

describe("effectiveFile", () => {
  it("says every default in the words of a file", () => {
    const config = resolve({ listeners: { web: { listen: ":80" } }, pools: { web: { backends: ["a:1"] } } });
    assert.deepEqual(effectiveFile(config, PROCESS), {
      version: 1,
      process: {
        workers: 0,
        transport: "auto",
        "max-connections": "auto",
        "shutdown-delay": "0s",
        "drain-timeout": "25s",
      },
      listeners: {
        web: {
          listen: [":80"],
          pool: "web",
          peek: "none",
          "accept-proxy": "off",
          "max-connections": "off",
          "max-lifetime": "off",
          dial: "immediate",
          "idle-timeout": "1h",
          "half-close-timeout": "1m",
          "tcp-keepalive": "1m",
          "tcp-user-timeout": "off",
          backlog: 4096,
        },
      },
      pools: {
        web: {
          policy: "least-connections",
          "dial-timeout": "3s",
          "dial-deadline": "10s",
          attempts: 3,
          "resolve-interval": "10s",
          probe: {
            type: "tcp",
            interval: "5s",
            "interval-changing": "1s",
            jitter: "10%",
            timeout: "2s",
            rise: 2,
            fall: 3,
            "send-proxy": "off",
          },
          ejection: { failures: 3, within: "10s", first: "10s", longest: "5m" },
          "send-proxy": "off",
          queue: "off",
          "on-remove": "drain",
          "slow-start": "off",
          "panic-below": "off",
          "on-down": "keep",
          "on-up": "keep",
          "on-drain": "keep",
          backends: [{ address: "a:1", weight: 1, backup: false, "max-connections": "off", resolve: "all" }],
        },
      },
    });
  });

  it("has no words for functions but that they are there", () => {
    const config = resolve({
      listeners: { web: { listen: ":80", routes: [() => undefined], pool: "web" } },
      pools: { web: { backends: [], policy: () => 0, probe: { type: async () => {} } } },
    });
    const text = JSON.stringify(effectiveFile(config, PROCESS));
    assert.match(text, /"policy":"function"/);
    assert.match(text, /"routes":\[\]/);
  });
});
