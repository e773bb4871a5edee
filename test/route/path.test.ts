import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { normalisePath, pathOf } from "../../src/route/path.ts";

function normal(path: string): string {
  const found = normalisePath(path);
  return found.kind === "clear" ? found.path : found.kind === "unclear" ? `? ${found.reason}` : "none";
}

describe("normalisePath", () => {
  it("leaves a plain path as it is", () => {
    for (const path of ["/", "/api", "/api/", "/a/b.c/d-e_f~g", "/a;b=c,d/@:+", "/%C3%A9"])
      assert.equal(normal(path), path);
  });

  it("removes dot segments", () => {
    assert.equal(normal("/api/../admin"), "/admin");
    assert.equal(normal("/./a/./b/."), "/a/b/");
    assert.equal(normal("/a/b/.."), "/a/");
    assert.equal(normal("/../../a"), "/a");
    assert.equal(normal("/.."), "/");
    assert.equal(normal("/.well-known/..a/a../..."), "/.well-known/..a/a../...");
  });

  it("decodes what need not be escaped, dots among it", () => {
    assert.equal(normal("/%61dmin"), "/admin");
    assert.equal(normal("/%7euser/%41%2D%2e%5F"), "/~user/A-._");
    assert.equal(normal("/api/%2e%2e/admin"), "/admin");
    assert.equal(normal("/api/%2E./admin"), "/admin");
    assert.equal(normal("/user%3aname%40x"), "/user:name@x");
  });

  it("decodes once only, also where the rest would become an escape", () => {
    assert.equal(normal("/a%2%66b"), "/a%252fb");
    assert.equal(normal("/%2561dmin"), "/%2561dmin");
    assert.equal(normal("/%252fadmin"), "/%252fadmin");
  });

  it("writes other escapes in upper case, and escapes what is not printable", () => {
    assert.equal(normal("/caf%c3%a9"), "/caf%C3%A9");
    assert.equal(normal("/caf\u00c3\u00a9"), "/caf%C3%A9");
    assert.equal(normal("/a b"), "/a%20b");
    assert.equal(normal("/a%zz%4"), "/a%25zz%254");
  });

  it("merges slashes", () => {
    assert.equal(normal("//admin"), "/admin");
    assert.equal(normal("/a///b//"), "/a/b/");
    assert.equal(normal("//"), "/");
  });

  it("says why a path is unclear", () => {
    assert.equal(normal("/a%2fb"), "? encoded-slash");
    assert.equal(normal("/a%2Fb"), "? encoded-slash");
    assert.equal(normal("/a%5cb"), "? backslash");
    assert.equal(normal("/a\\b"), "? backslash");
    assert.equal(normal("/a%00"), "? nul");
    assert.equal(normal("/a\0"), "? nul");
    assert.equal(normal("/a#b"), "? fragment");
    assert.equal(normal("admin"), "? no-leading-slash");
    assert.equal(normal(""), "? no-leading-slash");
  });

  it("finds dots after an empty segment unclear: some servers take that away, some the one before", () => {
    assert.equal(normal("/a//../b"), "? dots-after-empty-segment");
    assert.equal(normal("/a//b/../../c"), "? dots-after-empty-segment");
    assert.equal(normal("//../b"), "? dots-after-empty-segment");
    assert.equal(normal("/a//b/../c"), "/a/b/../c".replace("/b/..", ""));
  });

  const hostilePath = fc
    .array(
      fc.constantFrom("/", ".", "..", "a", "b", "%2e", "%2E", "%61", "%41", "%2f", "%", "//", "\\", " ", "é", "%c3"),
      { maxLength: 20 },
    )
    .map((parts) => `/${parts.join("")}`);

  it("gives what it would give again, and what holds nothing to be removed", () => {
    fc.assert(
      fc.property(hostilePath, (path) => {
        const found = normalisePath(path);
        if (found.kind !== "clear") return;
        assert.equal(normal(found.path), found.path);
        assert.match(found.path, /^\/[!-~]*$/);
        assert.doesNotMatch(found.path, /\/\/|\/\.\.?(\/|$)/);
      }),
      { numRuns: 3_000 },
    );
  });

  it("agrees with URL on every path without empty segments", () => {
    fc.assert(
      fc.property(hostilePath, (path) => {
        fc.pre(!/\/\/|\\|é| /.test(path) && !/%(?![0-9a-fA-F]{2})/.test(path));
        const found = normalisePath(path);
        if (found.kind !== "clear") return;
        const { pathname } = new URL(path.replace(/%2e/gi, "."), "http://host");
        // URL resolves dots, but does not decode.
        assert.equal(found.path, normal(pathname));
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("pathOf", () => {
  it("is the path of origin and absolute targets", () => {
    assert.deepEqual(pathOf({ form: "origin", path: "/a/../b" }), { kind: "clear", path: "/b" });
    assert.deepEqual(pathOf({ form: "absolute", path: "/a" }), { kind: "clear", path: "/a" });
    assert.deepEqual(pathOf({ form: "absolute", path: "" }), { kind: "clear", path: "/" });
  });

  it("is none for CONNECT and OPTIONS *", () => {
    assert.deepEqual(pathOf({ form: "authority", path: "" }), { kind: "none" });
    assert.deepEqual(pathOf({ form: "asterisk", path: "" }), { kind: "none" });
  });
});
