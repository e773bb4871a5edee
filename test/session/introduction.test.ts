import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { AcceptProxySnapshot } from "../../src/session/context.ts";
import { introduce, introduceLate } from "../../src/session/introduction.ts";
import { writeProxyHeader } from "../../src/wire/proxy-writer.ts";

const policies = ["require", "use", "ignore"] as const;
const rules = (change: Partial<AcceptProxySnapshot> = {}): AcceptProxySnapshot => ({
  from: ["10.0.0.0/8"],
  policy: "require",
  versions: ["v1", "v2"],
  timeoutMs: 5_000,
  ...change,
});
const NOTHING = new Uint8Array(0);
const V1 = Buffer.from("PROXY TCP4 192.0.2.7 10.0.0.1 4711 80\r\n");
const V2 = writeProxyHeader({
  version: "v2",
  source: { kind: "ip", ip: "2001:db8::7", port: 4711 },
  destination: { kind: "ip", ip: "2001:db8::1", port: 80 },
  authority: "example.com",
});

describe("introduce", () => {
  it("waits for the first byte, and lets go who has left without one", () => {
    for (const policy of policies) {
      assert.deepEqual(introduce(NOTHING, false, rules({ policy })), { kind: "more", beyondBytes: 0 });
      assert.deepEqual(introduce(NOTHING, true, rules({ policy })), { kind: "gone" });
    }
  });

  for (const [what, header, ip] of [
    ["version 1", V1, "192.0.2.7"],
    ["version 2", V2, "2001:db8::7"],
  ] as const) {
    it(`takes off a header of ${what} alone, whatever is behind it and however it is split`, () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...policies),
          fc.uint8Array({ maxLength: 20 }),
          fc.array(fc.nat({ max: header.length - 1 }), { maxLength: 6 }),
          (policy, payload, cuts) => {
            const rule = rules({ policy });
            for (const cut of cuts) assert.equal(introduce(header.subarray(0, cut), false, rule).kind, "more");
            const introduction = introduce(Buffer.concat([header, payload]), false, rule);
            assert.ok(introduction.kind === "header");
            assert.equal(introduction.byteCount, header.length);
            const source = introduction.header?.source;
            const expected = policy === "ignore" ? undefined : { kind: "ip", ip, port: 4711 };
            assert.deepEqual(source, expected);
          },
        ),
      );
    });
  }

  it("takes for bad what is no header where one is required, and for the client's own where not", () => {
    for (const text of ["GET / HTTP/1.1\r\n", "PROX", "\0"]) {
      const ended = text === "PROX";
      assert.equal(introduce(Buffer.from(text), ended, rules()).kind, "bad");
      assert.equal(introduce(Buffer.from(text), ended, rules({ policy: "use" })).kind, "none");
      assert.equal(introduce(Buffer.from(text), ended, rules({ policy: "ignore" })).kind, "none");
    }
  });

  it("takes for bad what begins as a header and is none, or of the wrong version, under every policy", () => {
    for (const policy of policies) {
      assert.equal(introduce(Buffer.from("PROXY NONSENSE\r\n"), false, rules({ policy })).kind, "bad");
      assert.equal(introduce(V1, false, rules({ policy, versions: ["v2"] })).kind, "bad");
      assert.equal(introduce(V2, false, rules({ policy, versions: ["v1"] })).kind, "bad");
    }
  });
});

describe("introduceLate", () => {
  it("takes silence for bad only where a header is required", () => {
    assert.equal(introduceLate(rules()).kind, "bad");
    assert.equal(introduceLate(rules({ policy: "use" })).kind, "none");
    assert.equal(introduceLate(rules({ policy: "ignore" })).kind, "none");
  });
});
