import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { poolSchema } from "../../src/config/pool-schema.ts";
import { schemaProblems } from "../../src/config/schema-problems.ts";

function problem(options: object): string {
  const { error } = poolSchema.safeParse({ backends: [], ...options });
  return error === undefined
    ? ""
    : schemaProblems(error, "pool")
        .map(({ path, message }) => `${path}: ${message}`)
        .join();
}

describe("poolSchema", () => {
  it("fills in the defaults", () => {
    assert.deepEqual(poolSchema.parse({ backends: [] }), {
      backends: [],
      policy: "least-connections",
      dialTimeoutMs: 3_000,
      dialDeadlineMs: 10_000,
      attempts: 3,
      probe: {
        type: "tcp",
        port: undefined,
        jitter: 0.1,
        intervalMs: 5_000,
        intervalChangingMs: 1_000,
        timeoutMs: 2_000,
        rise: 2,
        fall: 3,
        sendProxy: undefined,
      },
      ejection: { failures: 3, withinMs: 10_000, firstMs: 10_000, longestMs: 300_000 },
      resolveIntervalMs: 10_000,
      sendProxy: undefined,
      source: [],
      queue: undefined,
      onRemove: "drain",
      slowStart: undefined,
      panicBelow: undefined,
      onDown: "keep",
      onUp: "keep",
      onDrain: undefined,
    });
  });

  it("switches probes and ejection off", () => {
    const { probe, ejection } = poolSchema.parse({ backends: [], probe: "off", ejection: "off" });
    assert.equal(probe, undefined);
    assert.equal(ejection, undefined);
  });

  it("takes functions for the policy and the probe", () => {
    const policy = () => 1;
    const type = async () => {};
    const pool = poolSchema.parse({ backends: [], policy, probe: { type } });
    assert.equal(pool.policy, policy);
    assert.equal(pool.probe?.type, type);
  });

  it("never probes less often because something is changing, unless it is told to", () => {
    assert.equal(poolSchema.parse({ backends: [], probe: { intervalMs: 500 } }).probe?.intervalChangingMs, 500);
    const options = { intervalMs: 500, intervalChangingMs: 700 };
    assert.equal(poolSchema.parse({ backends: [], probe: options }).probe?.intervalChangingMs, 700);
  });

  it("lets the longest ejection be as long as the first", () => {
    assert.equal(poolSchema.parse({ backends: [], ejection: { firstMs: 400_000 } }).ejection?.longestMs, 400_000);
    const message = "pool.ejection.longestMs: got 300, expected at least firstMs, which is 400";
    assert.equal(problem({ ejection: { firstMs: 400, longestMs: 300 } }), message);
  });

  const refused: [options: object, problem: string][] = [
    [{ backends: "a:1" }, 'pool.backends: got "a:1", expected a list of backends'],
    [{ backends: [1] }, "pool.backends[0]: got 1, expected an address, or an object of backend options"],
    [{ backends: ["a"] }, 'pool.backends[0]: "a" has no port; write a:80'],
    [{ backends: [{ address: "a" }] }, 'pool.backends[0].address: "a" has no port; write a:80'],
    [
      { backends: [{ address: "a:1", weight: -3 }] },
      "pool.backends[0].weight: got -3, expected a whole number from 0 to 256",
    ],
    [{ backends: [{ address: "a:1", backup: 1 }] }, "pool.backends[0].backup: got 1, expected true or false"],
    [{ backends: [{ address: "a:1", wieght: 3 }] }, 'pool.backends[0]: unknown key "wieght"; did you mean weight?'],
    [
      { policy: "roundrobin" },
      'pool.policy: got "roundrobin", expected one of "least-connections", "round-robin", "random", "random-two", "source-hash", or a function; did you mean round-robin?',
    ],
    [{ attempts: 0 }, "pool.attempts: got 0, expected a whole number from 1 to 100"],
    [
      { dialTimeoutMs: "3s" },
      'pool.dialTimeoutMs: got "3s", expected a whole number of milliseconds from 10 to 600,000; write 3000',
    ],
    [{ probe: "http" }, 'pool.probe: got "http", expected an object of probe options, or "off"'],
    [
      { probe: { type: "udp" } },
      'pool.probe.type: got "udp", expected one of "tcp", "tls", "http", "script", or a function',
    ],
    [{ probe: { raise: 1 } }, 'pool.probe: unknown key "raise"; did you mean rise?'],
    [{ ejection: false }, 'pool.ejection: got false, expected an object of ejection options, or "off"'],
  ];
  for (const [options, message] of refused) {
    it(`refuses ${JSON.stringify(options)}`, () => assert.equal(problem(options), message));
  }
});
