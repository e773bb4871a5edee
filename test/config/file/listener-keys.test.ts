import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ListenerOptions } from "../../../src/config/options.ts";
import { listenerFile, optionsIn, problemsIn } from "./texts.ts";

function listener(keys: string): Partial<ListenerOptions> {
  const { listen: _, ...rest } = optionsIn(listenerFile(keys)).listeners["web"] ?? { listen: "" };
  return rest;
}

function problem(keys: string): string | undefined {
  return problemsIn(listenerFile(keys))[0]?.replace(/^lb\.yaml:\d+:\d+ listeners\.web\.?/, "");
}

describe("a listener in a file", () => {
  const read: [keys: string, options: Partial<ListenerOptions>][] = [
    ["", {}],
    ["peek: http", { peek: "http" }],
    [
      "peek: { as: tls, timeout: 1s, size: 1KiB, strict: false }",
      { peek: { as: "tls", timeoutMs: 1_000, byteCount: 1_024, strict: false } },
    ],
    ["http-keep-alive: sticky", { httpKeepAlive: "sticky" }],
    ["forwarded: forwarded", { forwarded: "forwarded" }],
    ["forwarded: off", { forwarded: "off" }],
    ["forwarded: { trust: 10.0.0.0/8 }", { forwarded: { trust: ["10.0.0.0/8"] } }],
    ["accept-proxy: false", { acceptProxy: "off" }],
    [
      "accept-proxy: { from: [10.0.0.0/8], policy: use, versions: [v2], timeout: 1s }",
      { acceptProxy: { from: ["10.0.0.0/8"], policy: "use", versions: ["v2"], timeoutMs: 1_000 } },
    ],
    [
      'access: { allow: ["::/0"], deny: 10.0.0.1, allow-file: a, deny-file: b }',
      { access: { allow: ["::/0"], deny: ["10.0.0.1"], allowFile: "a", denyFile: "b" } },
    ],
    [
      "per-client: { max-connections: off, rate: 30/m, burst: 4, ipv6-prefix: 56, table-size: 5000 }",
      { perClient: { maxConnections: "off", ratePerSecond: 0.5, burst: 4, ipv6Prefix: 56, tableSize: 5_000 } },
    ],
    ["max-connections: 5", { maxConnections: 5 }],
    ["max-lifetime: 30m", { maxLifetimeMs: 1_800_000 }],
    ["max-lifetime: { after: 30m, jitter: 10% }", { maxLifetimeMs: 1_800_000, maxLifetimeJitter: 0.1 }],
    [
      "dial: on-data, idle-timeout: false, half-close-timeout: 1s, tcp-keepalive: 1s, tcp-user-timeout: off, backlog: 9",
      {
        dial: "on-data",
        idleTimeoutMs: "off",
        halfCloseTimeoutMs: 1_000,
        tcpKeepaliveMs: 1_000,
        tcpUserTimeoutMs: "off",
        backlog: 9,
      },
    ],
  ];
  for (const [keys, options] of read) {
    it(`has ${keys === "" ? "its defaults later" : keys}`, () => assert.deepEqual(listener(keys), options));
  }

  it("listens on a port, or on several addresses", () => {
    const file = (listen: string) =>
      optionsIn(`version: 1\nlisteners: { web: { listen: ${listen} } }\npools: { web: { backends: [] } }`).listeners[
        "web"
      ]?.listen;
    assert.deepEqual(file("80"), ["80"]);
    assert.deepEqual(file('["0.0.0.0:80", "[::]:80", "unix:/run/x"]'), ["0.0.0.0:80", "[::]:80", "unix:/run/x"]);
  });

  const refused: [keys: string, problem: string][] = [
    ["peek: { timeout: 1s }", "peek.as: missing, expected one of none, http, tls, auto"],
    ["peek: [http]", "peek: got a list, expected none, http, tls, auto, or a map that says more"],
    ["http-keep-alive: per-request", 'http-keep-alive: "per-request" is not available yet; expected close or sticky'],
    [
      "accept-proxy: { policy: use }",
      "accept-proxy.from: missing, expected a CIDR such as 10.0.0.0/8, or a list of them",
    ],
    ["per-client: { rate: 20 }", 'per-client.rate: "20" has no unit; write 20/s or 20/m'],
    ["max-lifetime: { after: 1m, jitter: 2 }", 'max-lifetime.jitter: got "2", expected a percentage from 0% to 100%'],
    ["tls: {}", "tls: is not available yet; leave it out"],
    ["idle-timeout: 0", 'idle-timeout: "0" is not a way to switch it off; write off'],
  ];
  for (const [keys, message] of refused) {
    it(`refuses ${keys}`, () => assert.equal(problem(keys), message));
  }
});
