import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PathPatterns, parsePathPattern } from "../../src/route/path-pattern.ts";

function pattern(text: string): string {
  const parsed = parsePathPattern(text);
  return "value" in parsed ? parsed.value : parsed.problem;
}

function matches(text: string, path: string): boolean {
  return new PathPatterns([pattern(text)]).match(path);
}

describe("parsePathPattern", () => {
  it("gives the form in which paths are compared", () => {
    assert.equal(pattern("/api/*"), "/api/*");
    assert.equal(pattern("/%61pi//x/../*"), "/api/*");
    assert.equal(pattern("/café"), "/caf%C3%A9");
    assert.equal(pattern("/a b"), "/a%20b");
    assert.equal(pattern("/%2A"), "/%2A");
  });

  it("says what is wrong with a pattern, and what to write", () => {
    assert.equal(pattern("api/*"), '"api/*" does not begin with a slash; write "/api/*"');
    assert.equal(pattern("*"), '"*" does not begin with a slash; write "/*"');
    assert.equal(pattern("/a?b=c"), '"/a?b=c" has a ?, but a path is compared without its query; write "/a"');
    assert.equal(
      pattern("/*/a"),
      '"/*/a" has a * before its end; expected one at the end only, as in /api/*, or a path-regex',
    );
    assert.equal(
      pattern("/a%2fb"),
      '"/a%2fb" would match nothing: a path with an encoded slash, a backslash, a NUL or a # matches no route',
    );
  });
});

describe("PathPatterns", () => {
  it("match one path where there is no *", () => {
    assert.ok(matches("/login", "/login"));
    for (const path of ["/login/", "/login/x", "/", "/Login", "/loginx"]) assert.ok(!matches("/login", path), path);
  });

  it("match what is below /api/*, and /api itself", () => {
    for (const path of ["/api", "/api/", "/api/x/y"]) assert.ok(matches("/api/*", path), path);
    for (const path of ["/apix", "/", "/ap", "/x/api/"]) assert.ok(!matches("/api/*", path), path);
  });

  it("match everything with /*", () => {
    for (const path of ["/", "/a", "/a/b"]) assert.ok(matches("/*", path), path);
  });

  it("match a beginning within a segment", () => {
    assert.ok(
      matches("/img*", "/img") && matches("/img*", "/images".replace("ages", "g2")) && matches("/img*", "/img/a"),
    );
    assert.ok(!matches("/img*", "/im"));
  });

  it("take a * that was escaped for itself", () => {
    assert.ok(matches("/%2A", "/%2A"));
    assert.ok(!matches("/%2A", "/x"));
  });

  it("match if one of them does, and nothing if there is none", () => {
    const patterns = new PathPatterns(["/a", "/b/*"]);
    assert.ok(patterns.match("/a") && patterns.match("/b/c") && !patterns.match("/c"));
    assert.ok(!new PathPatterns([]).match("/"));
  });
});
