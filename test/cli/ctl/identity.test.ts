import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { backendPath, parseIdentity } from "../../../src/cli/ctl/identity.ts";

describe("parseIdentity", () => {
  it("takes the first slash for the end of the pool", () => {
    assert.deepEqual(parseIdentity("web/b/2"), { pool: "web", backend: "b/2", text: "web/b/2" });
  });

  for (const text of ["", "web", "web/", "/b2"]) {
    it(`takes ${JSON.stringify(text)} for no backend`, () => {
      assert.throws(() => parseIdentity(text), { code: "LB_CONFIG", message: /is no backend; write POOL\/BACKEND/ });
    });
  }
});

describe("backendPath", () => {
  it("leaves nothing of a name that a path would be read by", () => {
    assert.equal(backendPath(parseIdentity("web/../../x?y")), "/pools/web/backends/..%2F..%2Fx%3Fy");
  });
});
