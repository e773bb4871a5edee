import assert from "node:assert/strict";
import { isIP } from "node:net";
import { describe, it } from "node:test";
import { ask, systemLookup } from "../../src/discovery/lookup.ts";

describe("ask", () => {
  it("gives the addresses sorted and without doubles", async () => {
    const answer = await ask(async () => ["10.0.0.2", "10.0.0.1", "::1", "10.0.0.2"], "web.internal");
    assert.deepEqual(answer, { kind: "addresses", addresses: ["10.0.0.1", "10.0.0.2", "::1"] });
  });

  it("asks for the name it is given", async () => {
    assert.deepEqual(await ask(async (name) => (name === "web.internal" ? ["10.0.0.1"] : []), "web.internal"), {
      kind: "addresses",
      addresses: ["10.0.0.1"],
    });
  });

  it("takes a mapped address for the IPv4 address that it is", async () => {
    const answer = await ask(async () => ["::ffff:10.0.0.1", "10.0.0.1"], "web.internal");
    assert.deepEqual(answer, { kind: "addresses", addresses: ["10.0.0.1"] });
  });

  it("leaves out what is no address", async () => {
    const answer = await ask(async () => ["web.elsewhere", "10.0.0.1", "", "10.0.0.256"], "web.internal");
    assert.deepEqual(answer, { kind: "addresses", addresses: ["10.0.0.1"] });
  });

  it("fails where nothing is left", async () => {
    for (const addresses of [[], ["web.elsewhere"]]) {
      assert.deepEqual(await ask(async () => addresses, "web.internal"), { kind: "failure", reason: "no address" });
    }
  });

  const errors: readonly (readonly [what: string, thrown: unknown, reason: string])[] = [
    ["the system's code", Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" }), "ENOTFOUND"],
    ["the message of an error without one", new Error("no such service"), "no such service"],
    ["what was thrown instead of an error", "gone", "gone"],
  ];
  for (const [what, thrown, reason] of errors) {
    it(`fails with ${what}`, async () => {
      const rejects = (): Promise<never> => Promise.reject(thrown as Error);
      const throws = (): never => {
        throw thrown as Error;
      };
      for (const lookup of [rejects, throws]) {
        assert.deepEqual(await ask(lookup, "web.internal"), { kind: "failure", reason });
      }
    });
  }

  it("fails with a sentence where a JavaScript user's function gives nothing", async () => {
    const lookup = (async () => undefined) as unknown as typeof systemLookup;
    const answer = await ask(lookup, "web.internal");
    assert.equal(answer.kind, "failure");
  });
});

describe("systemLookup", () => {
  it("finds every address of a name in the hosts file", async () => {
    const addresses = await systemLookup("localhost");
    assert.ok(addresses.length > 0);
    for (const address of addresses) assert.notEqual(isIP(address), 0);
  });
});
