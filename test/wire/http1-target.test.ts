import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isSamePlace, parseAuthority, parseTarget } from "../../src/wire/http1-target.ts";

describe("parseTarget", () => {
  it("tells the forms apart", () => {
    assert.deepEqual(parseTarget("GET", "//a/b?c?d"), {
      form: "origin",
      path: "//a/b",
      authority: undefined,
      defaultPort: "",
    });
    assert.deepEqual(parseTarget("OPTIONS", "*"), {
      form: "asterisk",
      path: "",
      authority: undefined,
      defaultPort: "",
    });
    const authority = { host: "a.b", port: "8080" };
    assert.deepEqual(parseTarget("CONNECT", "A.b:8080"), { form: "authority", path: "", authority, defaultPort: "" });
    assert.deepEqual(parseTarget("GET", "HTTPS://A.b.:8080/x"), {
      form: "absolute",
      path: "/x",
      authority,
      defaultPort: "443",
    });
    assert.equal(parseTarget("GET", "http://a")?.path, "/");
    assert.equal(parseTarget("GET", "ftp://a/")?.defaultPort, "");
  });

  it("knows what is none", () => {
    for (const target of [
      "",
      "*",
      "a",
      "a:80",
      "http:/a",
      "http:a",
      "://a",
      "http:///x",
      "http://a@b/",
      "http://a\\b/",
      "/#",
      "?x",
    ]) {
      assert.equal(parseTarget("GET", target), undefined, target);
    }
    for (const target of ["/", "a", ":80", "a:", "http://a:80/", "a:999999"])
      assert.equal(parseTarget("CONNECT", target), undefined, target);
  });
});

describe("parseAuthority", () => {
  it("takes host and port apart", () => {
    for (const [text, host, port] of [
      ["", "", ""],
      ["a", "a", ""],
      ["A.B.", "a.b", ""],
      ["a:", "a", ""],
      ["192.0.2.1:80", "192.0.2.1", "80"],
      ["[::FF]:80", "[::ff]", "80"],
      ["[::1]", "[::1]", ""],
      ["a_b", "a_b", ""],
    ] as const) {
      assert.deepEqual(parseAuthority(text), { host, port }, text);
    }
  });

  it("knows what is none", () => {
    for (const text of [
      "::1",
      "a:b",
      "a:1:2",
      "a/b",
      "a b",
      "a@b",
      "a?b",
      "[a",
      "a]",
      "a\\b",
      "é",
      "a:123456",
      "a,b\n",
    ]) {
      assert.equal(parseAuthority(text), undefined, text);
    }
  });
});

describe("isSamePlace", () => {
  it("compares hosts, and ports with the scheme's own", () => {
    for (const [method, target, host, isSame] of [
      ["GET", "http://a/", "A.", true],
      ["GET", "http://a/", "a:80", true],
      ["GET", "https://a:443/", "a", true],
      ["GET", "http://a/", "a:443", false],
      ["GET", "http://a:81/", "a", false],
      ["GET", "http://a/", "b", false],
      ["GET", "http://a/", "", false],
      ["CONNECT", "a:443", "a", true],
      ["CONNECT", "a:443", "a:443", true],
      ["CONNECT", "a:443", "a:80", false],
    ] as const) {
      const parsed = parseTarget(method, target) ?? assert.fail();
      assert.equal(isSamePlace(parsed, parseAuthority(host) ?? assert.fail()), isSame, `${target} ${host}`);
    }
  });
});
