import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ignoredBy } from "../../src/observe/access-ignored.ts";

const IDLE = { client: "192.0.2.1:5000", bytesUp: 0, bytesDown: 0, end: "client-finished" } as const;

describe("ignoredBy", () => {
  it("ignores nothing unless asked", () => {
    assert.equal(ignoredBy(undefined)(IDLE), false);
    assert.equal(ignoredBy({ ignore: { empty: false, clients: [] } })(IDLE), false);
  });

  it("ignores what clients ended without a byte, and nothing that somebody else ended", () => {
    const isIgnored = ignoredBy({ ignore: { empty: true, clients: [] } });
    for (const end of ["client-finished", "client-reset", "client-gone"] as const)
      assert.ok(isIgnored({ ...IDLE, end }));
    for (const end of ["no-backend", "backend-reset", "denied", "idle-timeout"] as const) {
      assert.ok(!isIgnored({ ...IDLE, end }));
    }
    assert.ok(!isIgnored({ ...IDLE, bytesUp: 1 }));
    assert.ok(!isIgnored({ ...IDLE, bytesDown: 1 }));
  });

  it("ignores clients by their networks", () => {
    const isIgnored = ignoredBy({ ignore: { empty: false, clients: ["169.254.0.0/16", "2001:db8::/32"] } });
    const of = (client: string) => isIgnored({ ...IDLE, client, bytesUp: 5, end: "backend-reset" });
    assert.ok(of("169.254.1.1:80"));
    assert.ok(of("[2001:db8::1]:80"));
    for (const client of ["192.0.2.1:80", "[::1]:80", "unix:", ""]) assert.ok(!of(client));
  });
});
