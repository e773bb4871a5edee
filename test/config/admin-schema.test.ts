import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { adminSchema } from "../../src/config/admin-schema.ts";
import { resolveAdmin } from "../../src/config/resolve.ts";
import { problemsOf } from "./problems-of.ts";

describe("adminSchema", () => {
  it("has defaults", () => {
    assert.deepEqual(resolveAdmin({ listen: "127.0.0.1:8901" }), {
      listen: [{ kind: "tcp", host: "127.0.0.1", port: 8901 }],
      metrics: "open",
      dashboard: "read-write",
      readyWhen: "any-pool",
    });
  });

  it("takes addresses of both kinds", () => {
    const { listen, tokenFile } = resolveAdmin({ listen: [":0", "unix:/run/a.sock"], tokenFile: "/run/token" });
    assert.deepEqual([listen.map(({ kind }) => kind), tokenFile], [["tcp", "unix"], "/run/token"]);
  });

  it("says what is wrong", () => {
    const cases: readonly (readonly [unknown, string])[] = [
      [undefined, "admin: missing, expected an object of admin options"],
      [{}, 'admin.listen: missing, expected an address such as "127.0.0.1:8901" or "unix:/path", or a list of them'],
      [{ listen: [] }, "admin.listen: got an empty list, expected at least one address"],
      [{ listen: ":1", tokenFile: "" }, 'admin.tokenFile: got "", expected the path of a file'],
      [
        { listen: ":1", dashboard: "readonly" },
        'admin.dashboard: got "readonly", expected one of "read-write", "read-only", "off"; did you mean read-only?',
      ],
      [{ listen: ":1", ready: 1 }, 'admin: unknown key "ready"'],
    ];
    for (const [options, expected] of cases) assert.deepEqual(problemsOf(adminSchema, options, "admin"), [expected]);
  });
});
