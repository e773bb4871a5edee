import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isForeign, isOurHost, isOwnPage } from "../../src/admin/site.ts";

const LISTEN = [
  { kind: "tcp", host: "lb.example.com", port: 8901 },
  { kind: "unix", path: "/run/x" },
] as const;

describe("isOurHost", () => {
  const cases: readonly (readonly [string | undefined, boolean])[] = [
    ["127.0.0.1:8901", true],
    ["10.1.2.3", true],
    ["[::1]:8901", true],
    ["[fe80::1]", true],
    ["localhost:8901", true],
    ["LOCALHOST", true],
    ["lb-tcp:8901", true],
    ["lb.shop.svc:8901", true],
    ["lb.shop.svc.cluster.local", true],
    ["host.docker.internal:8901", true],
    ["lb.example.com:8901", true],
    ["LB.example.com.", true],
    ["evil.example", false],
    ["evil.example:8901", false],
    ["lb.example.com.evil.example", false],
    ["127.0.0.1.evil.example", false],
    ["localhost.evil.example", false],
    ["svc.example", false],
    ["evil.example/@localhost", false],
    ["localhost@evil.example", false],
    ["", false],
    [undefined, false],
    ["[::1", false],
    ["a b", false],
  ];
  for (const [host, expected] of cases) {
    it(`${expected ? "knows" : "does not know"} ${host}`, () => assert.equal(isOurHost(host, LISTEN), expected));
  }
});

describe("isForeign and isOwnPage", () => {
  const host = "127.0.0.1:8901";
  const cases: readonly (readonly [string, Parameters<typeof isForeign>[0], boolean, boolean])[] = [
    ["a program", { host }, false, false],
    ["a page of ours", { host, origin: "http://127.0.0.1:8901", "sec-fetch-site": "same-origin" }, false, true],
    ["a page of ours in an old browser", { host, origin: "http://127.0.0.1:8901" }, false, true],
    ["a page of ours behind a proxy with TLS", { host, origin: "https://127.0.0.1:8901" }, false, true],
    ["a page of ours that reads", { host, "sec-fetch-site": "same-origin" }, false, true],
    ["somebody who types the address", { host, "sec-fetch-site": "none" }, false, false],
    ["a page of another site", { host, "sec-fetch-site": "cross-site" }, true, false],
    ["a page of another port", { host, "sec-fetch-site": "same-site", origin: "http://127.0.0.1:3000" }, true, false],
    ["a page of another origin", { host, origin: "http://evil.example" }, true, false],
    ["a sandboxed frame", { host, origin: "null" }, true, false],
    ["a page of a name that begins as ours", { host, origin: "http://127.0.0.1:89011" }, true, false],
  ];
  for (const [what, headers, foreign, own] of cases) {
    it(`tell ${what}`, () => assert.deepEqual([isForeign(headers), isOwnPage(headers)], [foreign, own]));
  }
});
