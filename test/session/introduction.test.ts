import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AcceptProxySnapshot } from "../../src/session/context.ts";
import { introduce, introduceLate } from "../../src/session/introduction.ts";

const rules = (change: Partial<AcceptProxySnapshot> = {}): AcceptProxySnapshot => ({
  from: ["10.0.0.0/8"],
  policy: "require",
  versions: ["v1", "v2"],
  timeoutMs: 5_000,
  ...change,
});
const NOTHING = new Uint8Array(0);

describe("introduce", () => {
  it("waits for the first byte, and lets go who has left without one", () => {
    assert.deepEqual(introduce(NOTHING, false, rules()), { kind: "more", beyondBytes: 0 });
    assert.deepEqual(introduce(NOTHING, true, rules()), { kind: "gone" });
  });

  it("takes for bad what is no header where one is required, and for the client's own where not", () => {
    const bytes = Buffer.from("GET / HTTP/1.1\r\n");
    assert.equal(introduce(bytes, false, rules()).kind, "bad");
    assert.equal(introduce(bytes, false, rules({ policy: "use" })).kind, "none");
    assert.equal(introduce(bytes, false, rules({ policy: "ignore" })).kind, "none");
  });

  it("takes for bad what begins as a header and is none, under every policy", () => {
    for (const policy of ["require", "use", "ignore"] as const) {
      assert.equal(introduce(Buffer.from("PROXY NONSENSE\r\n"), false, rules({ policy })).kind, "bad");
    }
  });
});

describe("introduceLate", () => {
  it("takes silence for bad only where a header is required", () => {
    assert.equal(introduceLate(rules()).kind, "bad");
    assert.equal(introduceLate(rules({ policy: "use" })).kind, "none");
  });
});
