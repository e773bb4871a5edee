import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { listenerSchema } from "../../src/config/listener-schema.ts";
import { schemaProblems } from "../../src/config/schema-problems.ts";

function problem(options: object): string {
  const { error } = listenerSchema.safeParse({ listen: "80", ...options });
  return error === undefined
    ? ""
    : schemaProblems(error, "web")
        .map(({ path, message }) => `${path}: ${message}`)
        .join();
}

describe("listenerSchema", () => {
  it("fills in the defaults", () => {
    assert.deepEqual(listenerSchema.parse({ listen: ":80" }), {
      listen: [{ kind: "tcp", host: "", port: 80 }],
      routes: [],
      peek: undefined,
      httpKeepAlive: "close",
      forwarded: { headers: "x-forwarded", trust: [] },
      acceptProxy: undefined,
      maxConnections: Infinity,
      dial: "immediate",
      idleTimeoutMs: 3_600_000,
      halfCloseTimeoutMs: 60_000,
      maxLifetimeMs: Infinity,
      maxLifetimeJitter: 0,
      backlog: 4096,
      tcpKeepaliveMs: 60_000,
      tcpUserTimeoutMs: Infinity,
    });
  });

  it("takes several addresses", () => {
    assert.deepEqual(listenerSchema.parse({ listen: ["80", "unix:/run/x"] }).listen, [
      { kind: "tcp", host: "", port: 80 },
      { kind: "unix", path: "/run/x" },
    ]);
  });

  it("makes off infinite", () => {
    const off = { idleTimeoutMs: "off", halfCloseTimeoutMs: "off", maxLifetimeMs: "off", tcpKeepaliveMs: "off" };
    const listener = listenerSchema.parse({ listen: "80", ...off });
    assert.equal(listener.idleTimeoutMs, Infinity);
    assert.equal(listener.halfCloseTimeoutMs, Infinity);
    assert.equal(listener.maxLifetimeMs, Infinity);
    assert.equal(listener.tcpKeepaliveMs, Infinity);
  });

  const refused: [options: object, problem: string][] = [
    [{ listen: 80 }, 'web.listen: got 80, expected an address such as ":80", or a list of them'],
    [{ listen: undefined }, 'web.listen: missing, expected an address such as ":80", or a list of them'],
    [{ listen: [] }, "web.listen: got an empty list, expected at least one address"],
    [{ listen: "web" }, 'web.listen: "web" has no port; write web:80'],
    [{ listen: ["80", "web"] }, 'web.listen[1]: "web" has no port; write web:80'],
    [{ pool: 1 }, "web.pool: got 1, expected the name of a pool"],
    [{ dial: "later" }, 'web.dial: got "later", expected one of "immediate", "on-data"'],
    [
      { idleTimeoutMs: 0 },
      'web.idleTimeoutMs: got 0, expected a whole number of milliseconds from 10 to 2,073,600,000, or "off"',
    ],
    [
      { tcpKeepaliveMs: 999 },
      'web.tcpKeepaliveMs: got 999, expected a whole number of milliseconds from 1,000 to 32,767,000, or "off"',
    ],
    [{ idleTimeout: 5 }, 'web: unknown key "idleTimeout"; did you mean idleTimeoutMs?'],
  ];
  for (const [options, message] of refused) {
    it(`refuses ${JSON.stringify(options)}`, () => assert.equal(problem(options), message));
  }
});
