import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AdminOptions } from "../../src/config/admin-options.ts";
import type { Given } from "../../src/config/given.ts";
import { givenAdmin } from "../../src/config/given-admin.ts";
import type { Problem } from "../../src/errors.ts";

function admin(flags: Given["flags"], environment: Given["environment"] = {}, file?: AdminOptions): unknown {
  const problems: Problem[] = [];
  const options = givenAdmin({ flags, environment }, file, problems);
  return problems.length > 0 ? problems.map(({ path, message }) => `${path}: ${message}`) : options;
}

describe("givenAdmin", () => {
  it("is off where nobody wants it", () => {
    assert.equal(admin({}), undefined);
    assert.equal(admin({ "admin-token-file": ["/t"] }), undefined);
    assert.equal(admin({ admin: ["off"] }, {}, { listen: ":1" }), undefined);
  });

  it("takes addresses from flags and the environment, several and with commas", () => {
    assert.deepEqual(admin({ admin: ["127.0.0.1:1,unix:/a", ":2"] }), { listen: ["127.0.0.1:1", "unix:/a", ":2"] });
    assert.deepEqual(admin({}, { LB_TCP_ADMIN: ":1", LB_TCP_ADMIN_TOKEN_FILE: "/t" }), {
      listen: [":1"],
      tokenFile: "/t",
    });
  });

  it("goes before a file, key by key", () => {
    const file: AdminOptions = { listen: ":1", tokenFile: "/file", metrics: "token" };
    assert.deepEqual(admin({}, {}, file), file);
    assert.deepEqual(admin({ admin: [":2"] }, {}, file), { ...file, listen: [":2"] });
    assert.deepEqual(admin({ "admin-token-file": ["/flag"] }, {}, file), { ...file, tokenFile: "/flag" });
  });

  it("says what is wrong", () => {
    assert.deepEqual(admin({ admin: ["x"] }), ['--admin: "x" has no port; write x:80']);
    assert.deepEqual(admin({ admin: [":1", ":1"] }), ['--admin: ":1" is given twice; give it once']);
    assert.deepEqual(admin({ admin: [":1"], "admin-token-file": ["/a", "/b"] }), [
      '--admin-token-file: got "/a" and "/b", expected one file; give it once',
    ]);
  });
});
