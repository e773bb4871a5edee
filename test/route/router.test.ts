import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Peeked } from "../../src/route/peeked.ts";
import { createRouter } from "../../src/route/router.ts";
import type { RouteConditions, RouteFunction, RouteRule, RouteTarget } from "../../src/route/rule.ts";
import { request, silent } from "./peeks.ts";

const pool = (name: string): RouteTarget => ({ kind: "pool", pool: name });
const rule = (when: RouteConditions, target: string | RouteTarget = "a", not: RouteConditions = {}): RouteRule => ({
  when,
  not,
  target: typeof target === "string" ? pool(target) : target,
});
const never = (): number => assert.fail("chance is not asked");
const tls = (sni: string | undefined, alpn: readonly string[] = []): Peeked => ({
  ...silent,
  protocol: "tls",
  tls: { sni, alpn, version: "1.3" },
});

/** The pool or the rejection, as a word. */
function decided(routes: readonly (RouteRule | RouteFunction)[], peeked: Peeked, random: () => number = never): string {
  const found = createRouter(routes, random).decide(peeked);
  return found === undefined ? "none" : found.kind === "pool" ? found.pool : String(found.how);
}

function early(routes: readonly (RouteRule | RouteFunction)[], peeked: Peeked, known: "client" | "protocol"): string {
  const found = createRouter(routes, never).decideEarly(peeked, known);
  if (found === undefined) return "none";
  return found === "undecided" ? found : found.kind === "pool" ? found.pool : String(found.how);
}

describe("createRouter", () => {
  it("takes the first route that matches, and none if none does", () => {
    const routes = [rule({ path: ["/api/*"] }, "api"), rule({ path: ["/*"] }, "web"), rule({}, "rest")];
    assert.equal(decided(routes, request("/api/x")), "api");
    assert.equal(decided(routes, request("/x")), "web");
    assert.equal(decided(routes, silent), "rest");
    assert.equal(decided([], silent), "none");
  });

  it("wants all keys, and one item of each list", () => {
    const routes = [rule({ path: ["/a", "/b"], method: ["GET", "POST"] })];
    assert.equal(decided(routes, request("/b")), "a");
    assert.equal(decided(routes, request("/b", { method: "PUT" })), "none");
    assert.equal(decided(routes, request("/c")), "none");
  });

  it("fails a route for each key under not that holds by itself", () => {
    const routes = [rule({}, "a", { path: ["/admin/*"], client: ["10.0.0.0/8"] })];
    assert.equal(decided(routes, request("/")), "a");
    assert.equal(decided(routes, request("/admin")), "none");
    assert.equal(decided(routes, { ...request("/"), clientIp: "10.1.1.1" }), "none");
  });

  it("gives the rejection of a route", () => {
    assert.equal(decided([rule({}, { kind: "reject", how: 403 })], silent), "403");
    assert.equal(decided([rule({}, { kind: "reject", how: "reset" })], silent), "reset");
  });
});

describe("a condition", () => {
  it("on a host compares it whole or below a domain", () => {
    assert.equal(decided([rule({ host: ["www.example.com"] })], request("/")), "a");
    assert.equal(decided([rule({ host: ["*.example.com"] })], request("/", { host: "example.com" })), "none");
    assert.equal(decided([rule({ host: ["*"] })], request("/", { host: undefined })), "none");
  });

  it("on a method minds its case", () => {
    assert.equal(decided([rule({ method: ["get"] })], request("/")), "none");
  });

  it("on headers wants each of them, in any of its lines", () => {
    const headers = [
      { name: "x-a", value: "1" },
      { name: "x-a", value: "2" },
      { name: "x-b", value: "vip-3" },
    ];
    assert.equal(decided([rule({ header: { "x-a": ["2"], "x-b": ["vip-*"] } })], request("/", { headers })), "a");
    assert.equal(decided([rule({ header: { "x-a": ["3"], "x-b": ["vip-*"] } })], request("/", { headers })), "none");
    assert.equal(decided([rule({ header: { "x-c": ["*"] } })], request("/", { headers })), "none");
    assert.equal(
      decided([rule({}, "a", { header: { "x-a": ["3"], "x-b": ["*"] } })], request("/", { headers })),
      "none",
    );
  });

  it("on a path sees through what hides one", () => {
    const routes = [rule({ path: ["/admin/*"] }, { kind: "reject", how: 403 }), rule({}, "web")];
    for (const path of ["/api/../admin", "/%61dmin", "//admin", "/./admin/x", "/api/%2e%2e/admin?x=/"]) {
      assert.equal(decided(routes, request(path)), "403", path);
    }
  });

  it("on a path neither holds nor does not where servers would read it differently", () => {
    for (const path of ["/a%2fb", "/a%5cb", "/a\\b", "/a%00"]) {
      assert.equal(decided([rule({ path: ["/*"] })], request(path)), "none", path);
      assert.equal(decided([rule({}, "a", { path: ["/admin/*"] })], request(path)), "none", path);
      assert.equal(decided([rule({ pathRegex: ["^/"] })], request(path)), "none", path);
      assert.equal(decided([rule({}, "a", { pathRegex: ["^/admin"] })], request(path)), "none", path);
      assert.equal(decided([rule({ host: ["*"] }, "by-host")], request(path)), "by-host", path);
    }
  });

  it("on a path by regular expression matches anywhere in it, without the query", () => {
    assert.equal(decided([rule({ pathRegex: ["^/v[0-9]+/"] })], request("/v12/x")), "a");
    assert.equal(decided([rule({ pathRegex: ["x$", "y$"] })], request("/ay?b")), "a");
    assert.equal(decided([rule({ pathRegex: ["b"] })], request("/a?b")), "none");
  });

  it("on TLS compares the server name and what protocols are offered", () => {
    const routes = [rule({ sni: ["*.example.com"], alpn: ["h2"] })];
    assert.equal(decided(routes, tls("www.example.com", ["h2", "http/1.1"])), "a");
    assert.equal(decided(routes, tls("www.example.com", ["http/1.1"])), "none");
    assert.equal(decided(routes, tls(undefined, ["h2"])), "none");
  });

  it("on the client compares its address", () => {
    const routes = [rule({ client: ["192.0.2.0/24", "2001:db8::/32"] })];
    assert.equal(decided(routes, silent), "a");
    assert.equal(decided(routes, { ...silent, clientIp: "2001:db8::1" }), "a");
    assert.equal(decided(routes, { ...silent, clientIp: "" }), "none");
  });

  it("on a TLV compares its text", () => {
    const value = Buffer.from("\x01vpce-08d2bf15fac5001c9", "latin1");
    const proxy = { version: "v2", source: undefined, destination: undefined, tlvs: [{ type: 0xea, value }] } as const;
    assert.equal(decided([rule({ tlv: { [0xea]: ["vpce-*"] } })], { ...silent, proxy }), "a");
    assert.equal(decided([rule({ tlv: { [0xee]: ["*"] } })], { ...silent, proxy }), "none");
    assert.equal(decided([rule({ tlv: { [0xea]: ["*"] } })], silent), "none");
  });

  it("on another protocol does not hold, so that it does not fail a route under not", () => {
    const ofHttp: RouteConditions = {
      path: ["/*"],
      pathRegex: ["/"],
      host: ["*"],
      method: ["GET"],
      header: { a: ["*"] },
    };
    for (const [key, value] of Object.entries(ofHttp)) {
      assert.equal(decided([rule({ [key]: value })], tls("x")), "none", key);
      assert.equal(decided([rule({}, "a", { [key]: value })], tls("x")), "a", key);
    }
    assert.equal(decided([rule({ sni: ["*"] })], request("/")), "none");
    assert.equal(decided([rule({}, "a", { alpn: ["h2"] })], request("/")), "a");
  });

  it("on the protocol tells all of them apart", () => {
    for (const protocol of ["h2", "other", "silent"] as const) {
      assert.equal(
        decided([rule({ protocol: ["h2"] }, "a"), rule({ protocol: ["other"] }, "b")], { ...silent, protocol }),
        {
          h2: "a",
          other: "b",
          silent: "none",
        }[protocol],
      );
    }
  });
});

describe("a split", () => {
  const split = (weights: Readonly<Record<string, number>>): RouteRule =>
    rule({}, { kind: "split", parts: Object.entries(weights).map(([name, weight]) => ({ pool: name, weight })) });

  it("gives each pool its share of chance", () => {
    const routes = [split({ web: 95, api: 5 })];
    assert.equal(
      decided(routes, silent, () => 0),
      "web",
    );
    assert.equal(
      decided(routes, silent, () => 0.9499),
      "web",
    );
    assert.equal(
      decided(routes, silent, () => 0.951),
      "api",
    );
    assert.equal(
      decided(routes, silent, () => 1 - Number.EPSILON),
      "api",
    );
  });

  it("never chooses a pool of weight 0, and asks no chance for the only one", () => {
    assert.equal(decided([split({ off: 0, on: 1 })], silent), "on");
    assert.equal(
      decided([split({ a: 1, off: 0, b: 1 })], silent, () => 0.5),
      "b",
    );
  });

  it("always chooses, whatever the weights and the chance", () => {
    const weights = fc.array(fc.oneof(fc.nat(100), fc.double({ min: 0, max: 1e6, noNaN: true })), { minLength: 1 });
    fc.assert(
      fc.property(weights, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (all, chance) => {
        fc.pre(all.some((weight) => weight > 0));
        const parts = all.map((weight, index) => ({ pool: `p${index}`, weight }));
        const chosen = decided([rule({}, { kind: "split", parts })], silent, () => chance);
        assert.ok((parts.find((part) => part.pool === chosen)?.weight ?? 0) > 0);
      }),
    );
  });
});

describe("a route function", () => {
  it("names a pool, rejects, or leaves it to the next route", () => {
    const byPath: RouteFunction = ({ http }) =>
      http?.path === "/a" ? { pool: "a" } : http?.path === "/b" ? { reject: 429 } : undefined;
    const routes = [byPath, rule({}, "rest")];
    assert.equal(decided(routes, request("/a")), "a");
    assert.equal(decided(routes, request("/b")), "429");
    assert.equal(decided(routes, request("/c")), "rest");
  });

  it("is shown what was peeked", () => {
    const seen: Peeked[] = [];
    const peeked = request("/a");
    decided([(shown) => void seen.push(shown)], peeked);
    assert.equal(seen[0], peeked);
  });

  it("may not answer anything else, or throw: that is passed on", () => {
    for (const answer of [{}, null, "a", { pool: 1 }, { reject: 200 }, { reject: "drop" }]) {
      // As a user without types could.
      const wrong = (() => answer) as unknown as RouteFunction;
      assert.throws(() => decided([wrong], silent), /a route function must return/);
    }
    const thrown = new Error("mine");
    assert.throws(
      () =>
        decided(
          [
            () => {
              throw thrown;
            },
          ],
          silent,
        ),
      thrown,
    );
  });
});

describe("decideEarly", () => {
  it("decides by the address what asks for no more", () => {
    const routes = [rule({ client: ["192.0.2.0/24"] }, "near"), rule({ path: ["/a"] }, "a")];
    assert.equal(early(routes, silent, "client"), "near");
    assert.equal(early(routes, { ...silent, clientIp: "10.0.0.1" }, "client"), "undecided");
    assert.equal(early([routes[0] ?? rule({})], { ...silent, clientIp: "10.0.0.1" }, "client"), "none");
  });

  it("passes over a route that the address alone fails", () => {
    const routes = [rule({ path: ["/a"], client: ["10.0.0.0/8"] }, "a"), rule({}, "rest")];
    assert.equal(early(routes, silent, "client"), "rest");
    const under = [rule({ path: ["/a"] }, "a", { client: ["192.0.2.0/24"] }), rule({}, "rest")];
    assert.equal(early(under, silent, "client"), "rest");
  });

  it("decides by the protocol what asks for no more of it", () => {
    const routes = [rule({ path: ["/a"] }, "a"), rule({ protocol: ["tls"] }, "tls"), rule({ sni: ["x"] }, "x")];
    assert.equal(early(routes, { ...silent, protocol: "tls" }, "protocol"), "tls");
    assert.equal(early(routes, { ...silent, protocol: "http" }, "protocol"), "undecided");
    assert.equal(early(routes, { ...silent, protocol: "other" }, "protocol"), "none");
    assert.equal(early(routes, silent, "client"), "undecided");
  });

  it("leaves functions for when all is known", () => {
    assert.equal(early([() => ({ pool: "a" })], silent, "protocol"), "undecided");
  });

  it("never contradicts what is decided later", () => {
    const conditions = fc.record(
      {
        path: fc.constant(["/a"]),
        client: fc.constantFrom(["192.0.2.0/24"], ["10.0.0.0/8"]),
        protocol: fc.constantFrom(["http" as const], ["tls" as const], ["other" as const]),
        sni: fc.constant(["x"]),
        method: fc.constant(["GET"]),
      },
      { requiredKeys: [] },
    );
    const routes = fc.array(fc.tuple(conditions, conditions), { maxLength: 4 });
    const peeked = fc.constantFrom(request("/a"), request("/b"), request("/%2f"), tls("x"), tls("y"), silent);
    fc.assert(
      fc.property(routes, peeked, fc.constantFrom("client" as const, "protocol" as const), (all, seen, known) => {
        const rules = all.map(([when, not], index) => rule(when, `p${index}`, not));
        const guess = early(rules, seen, known);
        if (guess !== "undecided") assert.equal(guess, decided(rules, seen));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("needs", () => {
  it("say what has to be known for all routes", () => {
    const needs = (...routes: readonly (RouteRule | RouteFunction)[]) => createRouter(routes, never).needs;
    assert.deepEqual(needs(), { bytes: false, http: false, tls: false });
    assert.deepEqual(needs(rule({ client: ["::/0"] }), rule({}, "a", { tlv: { 1: ["*"] } })), {
      bytes: false,
      http: false,
      tls: false,
    });
    assert.deepEqual(needs(rule({ protocol: ["tls"] })), { bytes: true, http: false, tls: false });
    assert.deepEqual(needs(rule({}, "a", { path: ["/a"] })), { bytes: true, http: true, tls: false });
    assert.deepEqual(needs(rule({ sni: ["a"] })), { bytes: true, http: false, tls: true });
    assert.deepEqual(
      needs(() => undefined),
      { bytes: true, http: true, tls: true },
    );
  });
});
