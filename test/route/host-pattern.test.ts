import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HostPatterns, parseHostPattern } from "../../src/route/host-pattern.ts";

function pattern(text: string): string {
  const parsed = parseHostPattern(text);
  return "value" in parsed ? parsed.value : parsed.problem;
}

describe("parseHostPattern", () => {
  it("gives the form in which hosts are compared", () => {
    assert.equal(pattern("Example.COM."), "example.com");
    assert.equal(pattern("*.Example.com."), "*.example.com");
    assert.equal(pattern("*"), "*");
    assert.equal(pattern("192.0.2.1"), "192.0.2.1");
    assert.equal(pattern("[::1]"), "::1");
  });

  it("says what is wrong with a pattern, and what to write", () => {
    assert.equal(
      pattern("example.com:8080"),
      '"example.com:8080" has a port, but hosts are compared without it; write "example.com"',
    );
    assert.equal(
      pattern("https://example.com"),
      '"https://example.com" is a URL; expected its host alone, such as example.com',
    );
    assert.equal(
      pattern("example.com/api"),
      '"example.com/api" has a path, which is a condition of its own; expected a host such as example.com',
    );
    assert.equal(
      pattern("www.*.com"),
      '"www.*.com" has a * inside; expected one as the first label only, as in *.example.com',
    );
    assert.match(pattern("*example.com"), /has a \* inside/);
    assert.match(pattern("a b"), /is not a host name/);
    assert.match(pattern(""), /is not a host name/);
    assert.match(pattern("*."), /is not a host name/);
  });
});

describe("HostPatterns", () => {
  it("match a host, whole", () => {
    const hosts = new HostPatterns(["example.com", "192.0.2.1", "::1"]);
    for (const host of ["example.com", "192.0.2.1", "[::1]", "::1"]) assert.ok(hosts.match(host), host);
    for (const host of ["www.example.com", "example.org", "", "[::2]"]) assert.ok(!hosts.match(host), host);
  });

  it("match any number of labels with *., never the bare domain", () => {
    const hosts = new HostPatterns(["*.example.com"]);
    for (const host of ["www.example.com", "a.b.example.com"]) assert.ok(hosts.match(host), host);
    for (const host of ["example.com", ".example.com", "badexample.com", "www.example.com.evil"]) {
      assert.ok(!hosts.match(host), host);
    }
  });

  it("match any host with *", () => {
    assert.ok(new HostPatterns(["*"]).match("example.com"));
    assert.ok(!new HostPatterns(["*"]).match(""));
  });
});
