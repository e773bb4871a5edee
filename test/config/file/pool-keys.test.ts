import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PoolOptions } from "../../../src/config/options.ts";
import { optionsIn, poolFile, problemsIn } from "./texts.ts";

function pool(keys: string): Partial<PoolOptions> {
  const { backends: _, ...rest } = optionsIn(poolFile(`backends: [], ${keys}`)).pools["web"] ?? { backends: [] };
  return rest;
}

function problem(keys: string): string | undefined {
  return problemsIn(poolFile(`backends: [], ${keys}`))[0]?.replace(/^lb\.yaml:\d+:\d+ pools\.web\.?/, "");
}

describe("a pool in a file", () => {
  const read: [keys: string, options: Partial<PoolOptions>][] = [
    ["", {}],
    ["policy: random", { policy: "random" }],
    ["policy: { type: source-hash, key: client-address }", { policy: "source-hash" }],
    [
      "dial-timeout: 1s, dial-deadline: 2s, attempts: 4, resolve-interval: 1m",
      { dialTimeoutMs: 1_000, dialDeadlineMs: 2_000, attempts: 4, resolveIntervalMs: 60_000 },
    ],
    ["probe: off", { probe: "off" }],
    ["probe: false", { probe: "off" }],
    ["probe: tcp", { probe: { type: "tcp" } }],
    ["probe: { type: off }", { probe: "off" }],
    [
      "probe: { type: tcp, interval: 1s, interval-changing: 2s, timeout: 1s, rise: 1, fall: 2, send-proxy: v2 }",
      {
        probe: {
          type: "tcp",
          intervalMs: 1_000,
          intervalChangingMs: 2_000,
          timeoutMs: 1_000,
          rise: 1,
          fall: 2,
          sendProxy: "v2",
        },
      },
    ],
    ["ejection: off", { ejection: "off" }],
    [
      "ejection: { failures: 1, within: 1s, first: 2s, longest: 3s }",
      { ejection: { failures: 1, withinMs: 1_000, firstMs: 2_000, longestMs: 3_000 } },
    ],
    ["send-proxy: v1", { sendProxy: "v1" }],
    [
      'send-proxy: { version: v2, crc32c: true, unique-id: true, authority: true, alpn: true, custom: { "0xE0": a } }',
      {
        sendProxy: {
          version: "v2",
          crc32c: true,
          uniqueId: true,
          authority: true,
          alpn: true,
          custom: { "0xE0": "a" },
        },
      },
    ],
    ["source: 10.0.0.5", { source: ["10.0.0.5"] }],
    ['source: [10.0.0.5, "::1"]', { source: ["10.0.0.5", "::1"] }],
    ["queue: { limit: 5, timeout: 1s }", { queue: { limit: 5, timeoutMs: 1_000 } }],
    ["queue: off", { queue: "off" }],
    ["on-remove: close", { onRemove: "close" }],
  ];
  for (const [keys, options] of read) {
    it(`has ${keys === "" ? "its defaults later" : keys}`, () => assert.deepEqual(pool(keys), options));
  }

  const refused: [keys: string, problem: string][] = [
    ["discover: {}", "discover: is not available yet; leave it out"],
    ["tls: {}", "tls: is not available yet; leave it out"],
    ["queue: 5", 'queue: got "5", expected off or a map'],
    ["queue: {}", "queue.limit: missing, expected a whole number from 1 to 1,000,000"],
    ["source: localhost", 'source: got "localhost", expected a local IP address such as 10.0.0.5'],
    [
      "send-proxy: { version: v1, alpn: true }",
      'send-proxy: version "v1" has no room for more than addresses; set version to "v2", or leave the rest out',
    ],
    ["ejection: { first: 2m, longest: 1m }", "ejection.longest: got 1m, expected at least first, which is 2m"],
    ["policy: { type: random, key: cookie }", 'policy.key: got "cookie", expected client-address'],
  ];
  for (const [keys, message] of refused) {
    it(`refuses ${keys}`, () => assert.equal(problem(keys), message));
  }
});
