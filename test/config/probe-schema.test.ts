import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { probeSchema } from "../../src/config/probe-schema.ts";
import { schemaProblems } from "../../src/config/schema-problems.ts";

const RULES = {
  port: undefined,
  intervalMs: 5_000,
  intervalChangingMs: 1_000,
  jitter: 0.1,
  timeoutMs: 2_000,
  rise: 2,
  fall: 3,
  sendProxy: undefined,
};
const TLS = { serverName: undefined, ca: undefined, verify: true };

function problems(options: unknown): string {
  const { error } = probeSchema.safeParse(options);
  return error === undefined
    ? ""
    : schemaProblems(error, "probe")
        .map(({ path, message }) => `${path}: ${message}`)
        .join("\n");
}

describe("probeSchema", () => {
  const filled: readonly [what: string, options: unknown, kind: object][] = [
    ["tcp by default", {}, { type: "tcp" }],
    ["tls, which verifies", { type: "tls" }, { type: "tls", tls: TLS }],
    [
      "http",
      { type: "http" },
      {
        type: "http",
        tls: undefined,
        method: "GET",
        path: "/",
        host: undefined,
        headers: {},
        status: [{ min: 200, max: 399 }],
        body: undefined,
      },
    ],
    [
      "http over TLS, with all that it can say",
      {
        type: "http",
        tls: true,
        serverName: "web.internal",
        ca: "ca.pem",
        method: "HEAD",
        path: "/health",
        host: "web",
        headers: { "X-A": "b" },
        status: [200, "204-206"],
      },
      {
        type: "http",
        tls: { serverName: "web.internal", ca: { file: "ca.pem", pem: "" }, verify: true },
        method: "HEAD",
        path: "/health",
        host: "web",
        headers: { "X-A": "b" },
        status: [
          { min: 200, max: 200 },
          { min: 204, max: 206 },
        ],
        body: undefined,
      },
    ],
    [
      "a script",
      { type: "script", steps: [{ send: "ä" }, { expect: Uint8Array.of(1) }, { expectRegex: "^a" }] },
      {
        type: "script",
        tls: undefined,
        steps: [
          { kind: "send", bytes: new Uint8Array(Buffer.from("ä")) },
          { kind: "expect", bytes: Uint8Array.of(1) },
          { kind: "expect-regex", source: "^a" },
        ],
      },
    ],
  ];
  for (const [what, options, kind] of filled) {
    it(`fills in ${what}`, () => assert.deepEqual(probeSchema.parse(options), { ...kind, ...RULES }));
  }

  it("takes a function, and off", () => {
    const type = async (): Promise<void> => {};
    assert.equal(probeSchema.parse({ type })?.type, type);
    assert.equal(probeSchema.parse("off"), undefined);
  });

  const refused: readonly [options: unknown, problems: string][] = [
    [
      { path: "/health" },
      "probe.path: is for a probe of type http, and this one is tcp; leave it out, or change the type",
    ],
    [
      { type: "tls", tls: true, steps: "redis" },
      [
        "probe.tls: is for a probe of type http or script, and this one is tls; leave it out, or change the type",
        "probe.steps: is for a probe of type script, and this one is tls; leave it out, or change the type",
      ].join("\n"),
    ],
    [
      { type: async () => {}, port: 80 },
      "probe.port: is for a probe of type tcp, tls, http or script, and this one is a function; leave it out, or change the type",
    ],
    [{ type: "http", verify: false }, "probe.verify: is for a probe over TLS; set tls to true, or leave it out"],
    [
      { type: "tls", ca: "ca.pem", verify: false },
      "probe.ca: has no effect where verify is false; leave one of the two out",
    ],
    [{ type: "script" }, 'probe.steps: missing, expected "redis", "postgresql", or a list of steps'],
    [
      { type: "script", steps: "mysql" },
      'probe.steps: got "mysql", expected "redis", "postgresql", or a list of steps',
    ],
    [{ type: "script", steps: [] }, "probe.steps: got an empty list, expected at least one step"],
    [
      { type: "script", steps: [{ send: "a", expect: "b" }] },
      "probe.steps[0]: got several, expected one of send, expect and expectRegex",
    ],
    [
      { type: "script", steps: [{ expectRegex: "(a+)+" }] },
      'probe.steps[0].expectRegex: the expect-regex "(a+)+" has a quantifier within a quantifier, as in (a+)+, which can take very long; expected one of the two only',
    ],
    [
      { type: "script", steps: [{ expectRegex: "(?=a)" }] },
      'probe.steps[0].expectRegex: the expect-regex "(?=a)" looks ahead or behind by (?=…), which probes can\'t; use two steps',
    ],
    [{ type: "script", steps: [{ send: "" }] }, "probe.steps[0].send: got 0 bytes, expected 1 to 4,096"],
    [
      { type: "http", method: "HEAD", body: "ok" },
      "probe.body: can't be in the answer to HEAD, which has no body; set method to GET",
    ],
    [
      { type: "http", status: "2xx" },
      'probe.status: got "2xx", expected a status or a range from 100 to 599, such as 200-299',
    ],
    [{ type: "http", headers: { host: "a" } }, "probe.headers.host: is an option of its own; set host"],
    [{ jitter: 0.6 }, "probe.jitter: got 0.6, expected a number from 0 to 0.5"],
    [{ port: 0 }, "probe.port: got 0, expected a whole number from 1 to 65,535"],
    [
      { type: "tls", serverName: "a b" },
      'probe.serverName: "a b" is not a host name; expected letters, digits, - . and _ (names of other scripts as xn--…)',
    ],
  ];
  for (const [options, expected] of refused) {
    it(`refuses ${JSON.stringify(options)}`, () => assert.equal(problems(options), expected));
  }
});
