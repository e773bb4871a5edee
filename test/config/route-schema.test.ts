import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { routesSchema } from "../../src/config/route-schema.ts";
import { problemsOf } from "./problems-of.ts";

describe("routesSchema", () => {
  it("makes lists of single values, and leaves out what is not given", () => {
    assert.deepEqual(routesSchema.parse([{ path: "/api/*", not: { client: ["10.0.0.1"] }, pool: "api" }]), [
      { when: { path: ["/api/*"] }, not: { client: ["10.0.0.1"] }, target: { kind: "pool", pool: "api" } },
    ]);
  });

  it("knows hosts and headers in lower case, and TLVs by their number", () => {
    const [route] = routesSchema.parse([
      { host: "A.Example", sni: ["B.example"], header: { "X-Canary": "Yes" }, tlv: { "0xEA": "x" }, reject: "close" },
    ]);
    assert.deepEqual(route, {
      when: { host: ["a.example"], sni: ["b.example"], header: { "x-canary": ["Yes"] }, tlv: { 234: ["x"] } },
      not: {},
      target: { kind: "reject", how: "close" },
    });
  });

  it("takes functions as they are", () => {
    const route = () => undefined;
    assert.deepEqual(routesSchema.parse([route]), [route]);
  });

  const refused: [value: unknown, problem: string][] = [
    [{ path: "/a" }, "x[0]: leads nowhere, expected one of pool, split and reject"],
    [{ pool: "a", reject: 403 }, "x[0]: leads to several things, expected one of pool, split and reject"],
    [{ split: { a: 0 } }, "x[0].split: got no share above 0, expected one at least"],
    [{ reject: 200 }, 'x[0].reject: got 200, expected a status from 400 to 599, "close" or "reset"'],
    [{ path: [], pool: "a" }, "x[0].path: got an empty list, expected at least one"],
    [
      { protocol: "htp", pool: "a" },
      'x[0].protocol: got "htp", expected one of "http", "h2", "tls", "other", "silent"; did you mean http?',
    ],
    [{ pth: "/a", pool: "a" }, 'x[0]: unknown key "pth"; did you mean path?'],
    [{ not: { tlv: { x: "a" } }, pool: "a" }, 'x[0].not.tlv.x: got the type "x", expected 0x00 to 0xFF'],
    [{ path: ["/a", "b"], pool: "a" }, 'x[0].path[1]: "b" does not begin with a slash; write "/b"'],
    [
      { pathRegex: "(a+)+", pool: "a" },
      'x[0].pathRegex: the path-regex "(a+)+" has a quantifier within a quantifier, as in (a+)+, which can take very long; expected one of the two only',
    ],
    [
      { not: { host: "a.example:80" }, pool: "a" },
      'x[0].not.host: "a.example:80" has a port, but hosts are compared without it; write "a.example"',
    ],
    [
      { method: ["GET", "post"], pool: "a" },
      'x[0].method[1]: "post" would match nothing: methods are compared exactly; write POST',
    ],
    [
      { not: { header: { "x y": "a" } }, pool: "a" },
      'x[0].not.header["x y"]: "x y" is no name of a header; expected one such as x-canary',
    ],
    [1, "x[0]: got 1, expected an object of a route's conditions with pool, split or reject, or a function"],
  ];
  for (const [value, problem] of refused) {
    it(`refuses ${JSON.stringify(value)}`, () => assert.deepEqual(problemsOf(routesSchema, [value]), [problem]));
  }
});
