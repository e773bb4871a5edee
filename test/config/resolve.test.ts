import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { BalancerOptions } from "../../src/config/options.ts";
import { resolve, resolveBackend, resolveWeight } from "../../src/config/resolve.ts";
import { LbError } from "../../src/errors.ts";

function problems(options: unknown): string[] {
  try {
    resolve(options);
  } catch (error) {
    assert.ok(error instanceof LbError && error.code === "LB_CONFIG");
    return error.message.split("\n");
  }
  return [];
}

describe("resolve", () => {
  it("names the parts, and gives a listener the only pool", () => {
    const options: BalancerOptions = {
      listeners: { front: { listen: "80" } },
      pools: { web: { backends: ["a:1"] } },
    };
    const config = resolve(options);
    assert.deepEqual(
      config.listeners.map(({ name, pool }) => [name, pool]),
      [["front", "web"]],
    );
    assert.deepEqual(
      config.pools.map(({ name, backends }) => [name, backends.map((backend) => backend.name)]),
      [["web", ["a:1"]]],
    );
    assert.equal(config.maxConnections, "auto");
    assert.equal(config.log, undefined);
    assert.equal(config.lookup, undefined);
    assert.equal(config.webhook, undefined);
  });

  it("takes every option there is", () => {
    const lookup = async () => ["10.0.0.1"];
    const options: Required<BalancerOptions> = {
      webhook: { url: "https://hooks.internal/x", events: ["down"], timeoutMs: 100, queueLength: 1 },
      listeners: {
        front: {
          listen: ["0", "[::1]:0"],
          pool: "web",
          routes: [
            { path: "/a/*", method: ["GET", "POST"], not: { client: "10.0.0.0/8" }, pool: "spare" },
            { host: "A.example", split: { web: 95, spare: 5 } },
            { tlv: { "0xEA": "x*" }, header: { "X-Canary": "*" }, reject: 403 },
          ],
          peek: { as: "http", timeoutMs: 50, byteCount: 512, strict: false },
          httpKeepAlive: "sticky",
          forwarded: { headers: "forwarded", trust: ["10.0.0.0/8"] },
          acceptProxy: { from: ["10.0.0.0/8"], policy: "use", versions: ["v2"], timeoutMs: 60 },
          access: { allow: ["10.0.0.0/8"], deny: ["10.0.0.1"], allowFile: "allow.txt", denyFile: "deny.txt" },
          perClient: { maxConnections: 5, ratePerSecond: 0.5, burst: 6, ipv6Prefix: 56, tableSize: 2_000 },
          maxConnections: 70,
          dial: "on-data",
          idleTimeoutMs: 1_000,
          halfCloseTimeoutMs: 2_000,
          maxLifetimeMs: 3_000,
          maxLifetimeJitter: 0.1,
          backlog: 5,
          tcpKeepaliveMs: 6_000,
          tcpUserTimeoutMs: 7_000,
        },
      },
      pools: {
        web: {
          backends: [{ address: "[::1]:1", name: "x", weight: 256, backup: true, maxConnections: 7, resolve: "first" }],
          policy: "source-hash",
          dialTimeoutMs: 10,
          dialDeadlineMs: 20,
          attempts: 8,
          probe: {
            type: "tcp",
            port: 80,
            intervalMs: 100,
            intervalChangingMs: 200,
            jitter: 0.3,
            timeoutMs: 30,
            rise: 9,
            fall: 10,
            sendProxy: "v1",
          },
          ejection: { failures: 11, withinMs: 12, firstMs: 13, longestMs: 14 },
          resolveIntervalMs: 150,
          sendProxy: {
            version: "v2",
            crc32c: true,
            uniqueId: true,
            authority: true,
            alpn: true,
            custom: { "0xE0": "a" },
          },
          source: ["10.0.0.5"],
          queue: { limit: 17, timeoutMs: 18 },
          onRemove: "close",
          slowStart: { overMs: 101, from: 0.5 },
          panicBelow: 0.25,
          onDown: "close",
          onUp: "close-backups",
          onDrain: { afterMs: 19 },
        },
        spare: { backends: [] },
      },
      maxConnections: 16,
      workers: 3,
      transport: "net",
      log: {
        level: "silent",
        format: "pretty",
        output: "stderr",
        access: "off",
        ignore: { empty: true, clients: ["::1"] },
        accessIntervalMs: 60_000,
      },
      lookup,
    };
    const read = (path: string) => `# ${path}\n192.0.2.0/24 # all of it\n`;
    const { listeners, pools, ...config } = resolve(options, read);
    const [web] = pools;
    assert.deepEqual(listeners, [
      {
        name: "front",
        listen: [
          { kind: "tcp", host: "", port: 0 },
          { kind: "tcp", host: "::1", port: 0 },
        ],
        pool: "web",
        routes: [
          {
            when: { path: ["/a/*"], method: ["GET", "POST"] },
            not: { client: ["10.0.0.0/8"] },
            target: { kind: "pool", pool: "spare" },
          },
          {
            when: { host: ["a.example"] },
            not: {},
            target: {
              kind: "split",
              parts: [
                { pool: "web", weight: 95 },
                { pool: "spare", weight: 5 },
              ],
            },
          },
          {
            when: { header: { "x-canary": ["*"] }, tlv: { 0xea: ["x*"] } },
            not: {},
            target: { kind: "reject", how: 403 },
          },
        ],
        peek: { as: "http", timeoutMs: 50, byteCount: 512, strict: false },
        httpKeepAlive: "sticky",
        forwarded: { headers: "forwarded", trust: ["10.0.0.0/8"] },
        acceptProxy: { from: ["10.0.0.0/8"], policy: "use", versions: ["v2"], timeoutMs: 60 },
        access: { allow: ["10.0.0.0/8", "192.0.2.0/24"], deny: ["10.0.0.1", "192.0.2.0/24"] },
        perClient: { maxConnections: 5, ratePerSecond: 0.5, burst: 6, ipv6Prefix: 56, tableSize: 2_000 },
        maxConnections: 70,
        dial: "on-data",
        idleTimeoutMs: 1_000,
        halfCloseTimeoutMs: 2_000,
        maxLifetimeMs: 3_000,
        maxLifetimeJitter: 0.1,
        backlog: 5,
        tcpKeepaliveMs: 6_000,
        tcpUserTimeoutMs: 7_000,
      },
    ]);
    assert.deepEqual(web, {
      ...options.pools["web"],
      name: "web",
      backends: [
        {
          name: "x",
          address: { kind: "tcp", host: "::1", port: 1 },
          weight: 256,
          backup: true,
          maxConnections: 7,
          resolve: "first",
        },
      ],
      sendProxy: {
        version: "v2",
        crc32c: true,
        uniqueId: true,
        authority: true,
        alpn: true,
        custom: [{ type: 0xe0, value: "a" }],
      },
    });
    assert.equal(config.maxConnections, 16);
    assert.deepEqual(config.log, options.log);
    assert.equal(config.lookup, lookup);
  });

  it("does not change what it is given", () => {
    const options = Object.freeze({
      listeners: Object.freeze({ a: Object.freeze({ listen: "80" }) }),
      pools: { web: { backends: ["a:1"] } },
    });
    const before = JSON.stringify(options);
    resolve(options);
    assert.equal(JSON.stringify(options), before);
  });

  it("reports all problems at once, those between two places included", () => {
    const options = {
      listeners: { a: { listen: ":80", pool: "wbe" }, b: { listen: [":80", 3], idelTimeoutMs: 5 } },
      pools: { web: { backends: ["a:1", "a:1", { address: "x", weight: -3 }] } },
      maxConnections: 0,
      extra: 1,
    };
    assert.deepEqual(problems(options), [
      'listeners.b.listen[1]: got 3, expected an address such as ":80"',
      'listeners.b: unknown key "idelTimeoutMs"; did you mean idleTimeoutMs?',
      'pools.web.backends[2].address: "x" has no port; write x:80',
      "pools.web.backends[2].weight: got -3, expected a whole number from 0 to 256",
      'maxConnections: got 0, expected a whole number from 1 to 1,000,000,000, or "auto"',
      'options: unknown key "extra"',
      'listeners.b.listen: ":80" is taken by the listener "a" already; leave it out here',
      'listeners.a.pool: there is no pool "wbe"; did you mean web?',
      'pools.web.backends[1]: a backend before it is named "a:1" too; give each a name of its own',
    ]);
  });

  const wholes: [options: unknown, problem: string][] = [
    [undefined, "options: missing, expected an object of balancer options"],
    [null, "options: got null, expected an object of balancer options"],
    ["x", 'options: got "x", expected an object of balancer options'],
    [[], "options: got a list, expected an object of balancer options"],
  ];
  for (const [options, problem] of wholes) {
    it(`refuses ${String(JSON.stringify(options))}`, () => assert.deepEqual(problems(options), [problem]));
  }

  it("says everything in our own words, one line each, whatever it is given", () => {
    const leaf = fc.oneof(fc.anything({ maxDepth: 1 }), fc.constantFrom("off", 1, 1000, "a:1", "80", "web"));
    const record = (...keys: string[]) => fc.dictionary(fc.constantFrom(...keys, "x"), leaf);
    const backend = fc.oneof(leaf, record("address", "name", "weight", "backup", "maxConnections"));
    const pool = fc.record({
      backends: fc.oneof(leaf, fc.array(backend)),
      policy: leaf,
      attempts: leaf,
      probe: fc.oneof(leaf, record("type", "intervalMs", "rise")),
      ejection: fc.oneof(leaf, record("firstMs", "longestMs")),
    });
    const listener = record("listen", "pool", "dial", "idleTimeoutMs", "backlog");
    const name = fc.oneof(fc.constantFrom("web", "__proto__", "constructor"), fc.string({ unit: "binary" }));
    const options = fc.record({
      listeners: fc.oneof(leaf, fc.dictionary(name, fc.oneof(leaf, listener))),
      pools: fc.oneof(leaf, fc.dictionary(name, fc.oneof(leaf, pool))),
      maxConnections: leaf,
      log: fc.oneof(leaf, record("level", "format", "output")),
      lookup: leaf,
    });
    fc.assert(
      fc.property(fc.oneof(fc.anything(), options), (some) => {
        for (const problem of problems(some)) {
          assert.match(problem, /^[^\p{Cc}:][^\p{Cc}]*: [^\p{Cc}]+$/u);
          assert.doesNotMatch(problem, /Invalid|Unrecognized|Too (?:small|big)|received/);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("resolveBackend", () => {
  it("takes an address or an object", () => {
    assert.equal(resolveBackend("a:1", "pools.web.add").name, "a:1");
    assert.equal(resolveBackend({ address: "a:1", name: "x" }, "pools.web.add").name, "x");
  });

  it("names the path in its problems", () => {
    assert.throws(() => resolveBackend("a", "pools.web.add"), {
      code: "LB_CONFIG",
      message: 'pools.web.add: "a" has no port; write a:80',
    });
    assert.throws(() => resolveBackend({ address: "a:1", name: "x y", weight: -1 }, "pools.web.add"), {
      code: "LB_CONFIG",
      message: [
        'pools.web.add.name: got the name "x y", expected 1 to 260 letters, digits and . _ : - [ ] / %',
        "pools.web.add.weight: got -1, expected a whole number from 0 to 256",
      ].join("\n"),
    });
  });
});

describe("resolveWeight", () => {
  it("takes what a backend's weight can be", () => {
    assert.equal(resolveWeight(0, "weight"), 0);
    assert.throws(() => resolveWeight(257, "pools.web.weigh"), {
      code: "LB_CONFIG",
      message: "pools.web.weigh: got 257, expected a whole number from 0 to 256",
    });
  });
});
