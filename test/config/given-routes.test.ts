import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytesNeeded, givenCidrs, givenRoutes } from "../../src/config/given-routes.ts";
import { denyKey } from "../../src/config/keys.ts";
import type { Problem } from "../../src/errors.ts";

describe("givenRoutes", () => {
  it("takes one from each flag, and several from the variable", () => {
    const flags = { route: ["path=/a,pool=a", "client=10.0.0.1,reject=close"] };
    const routes = [
      { path: "--route", route: { path: ["/a"], pool: "a" } },
      { path: "--route", route: { client: ["10.0.0.1"], reject: "close" } },
    ];
    assert.deepEqual(givenRoutes({ flags, environment: {} }, []), routes);
    const environment = { LB_TCP_ROUTE: "path=/a,pool=a; client=10.0.0.1,reject=close;" };
    assert.deepEqual(
      givenRoutes({ flags: {}, environment }, []),
      routes.map(({ route }) => ({ path: "LB_TCP_ROUTE", route })),
    );
  });

  it("finds what is wrong with each", () => {
    const problems: Problem[] = [];
    const flags = { route: ["path=a,pool=a", "path=/a", "x=1", "path-regex=(a+)+,pool=a"] };
    assert.deepEqual(givenRoutes({ flags, environment: {} }, problems), []);
    const messages = problems.map(({ path, message }) => `${path}: ${message}`);
    assert.equal(messages.length, 4);
    assert.equal(messages[0], '--route: "a" does not begin with a slash; write "/a"');
    assert.equal(messages[1], "--route: leads nowhere, expected one of pool, split and reject");
    assert.match(messages[2] ?? "", /^--route: "x=1": unknown key "x"/);
    assert.match(messages[3] ?? "", /quantifier within a quantifier/);
  });
});

describe("givenCidrs", () => {
  it("takes lists, and flags that are repeated", () => {
    const given = { flags: { deny: ["10.0.0.0/8, 192.0.2.1", "::1"] }, environment: {} };
    assert.deepEqual(givenCidrs(denyKey, given, []), ["10.0.0.0/8", "192.0.2.1", "::1"]);
    assert.equal(givenCidrs(denyKey, { flags: {}, environment: {} }, []), undefined);
  });

  it("finds what is no network", () => {
    const problems: Problem[] = [];
    assert.deepEqual(givenCidrs(denyKey, { flags: {}, environment: { LB_TCP_DENY: "x,::1" } }, problems), ["::1"]);
    assert.deepEqual(
      problems.map(({ path }) => path),
      ["LB_TCP_DENY"],
    );
  });
});

describe("bytesNeeded", () => {
  it("knows what can be told without a byte, what HTTP tells, and what takes more", () => {
    assert.equal(bytesNeeded([{ client: "10.0.0.1", pool: "a" }]), undefined);
    assert.equal(bytesNeeded([{ client: "10.0.0.1", not: { path: "/a" }, pool: "a" }]), "http");
    assert.equal(
      bytesNeeded([
        { path: "/a", pool: "a" },
        { sni: "a", pool: "a" },
      ]),
      "all",
    );
  });
});
