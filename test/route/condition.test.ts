import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { conditionsOf } from "../../src/route/condition.ts";
import { silent } from "./peeks.ts";

describe("conditionsOf", () => {
  it("gives one for each key, header and TLV", () => {
    const conditions = conditionsOf({
      client: ["::/0"],
      header: { a: ["*"], b: ["*"] },
      tlv: { 1: ["*"] },
      alpn: ["h2"],
    });
    assert.deepEqual(
      conditions.map(({ needs }) => needs),
      ["client", "client", "http", "http", "tls"],
    );
    assert.deepEqual(conditionsOf({}), []);
  });

  it("refuses what no one has checked, rather than matching something else", () => {
    assert.throws(() => conditionsOf({ client: ["10.0.0.1/8"] }), /has bits set/);
    assert.throws(() => conditionsOf({ pathRegex: ["("] }), /is no regular expression/);
  });
});

describe("a condition", () => {
  const sight = { path: { kind: "none" } } as const;

  it("is unknown until what it looks at is known", () => {
    const [path] = conditionsOf({ path: ["/"] });
    assert.ok(path !== undefined);
    assert.equal(path.holds({ ...sight, peeked: silent, known: "client" }), "unknown");
    assert.equal(path.holds({ ...sight, peeked: { ...silent, protocol: "http" }, known: "protocol" }), "unknown");
    assert.equal(path.holds({ ...sight, peeked: { ...silent, protocol: "tls" }, known: "protocol" }), "no");
    assert.equal(path.holds({ ...sight, peeked: silent, known: "all" }), "no");
    assert.equal(path.isOfPath, true);
  });
});
