import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { backendNameProblem, nameOfBackend, nameProblem } from "../../src/config/name.ts";

describe("nameProblem", () => {
  for (const name of ["web", "a", "web-1.eu_west", "0", "constructor", "x".repeat(64)]) {
    it(`accepts ${name.slice(0, 20)}`, () => assert.equal(nameProblem(name), undefined));
  }

  for (const name of ["", "a b", "-a", ".a", "_a", "__proto__", "a/b", "a:1", "ü", "x".repeat(65), "a\n"]) {
    it(`refuses ${JSON.stringify(name.slice(0, 20))}`, () => {
      const problem = `got the name ${JSON.stringify(name)}, expected 1 to 64 letters, digits and . _ - that begin with a letter or a digit`;
      assert.equal(nameProblem(name), problem);
    });
  }
});

describe("backendNameProblem", () => {
  for (const name of ["a", "10.0.0.1:80", "[fe80::1%eth0]:80", "unix:/run/x.sock", "-"]) {
    it(`accepts ${name}`, () => assert.equal(backendNameProblem(name), undefined));
  }

  for (const name of ["", "a b", "a=b", "a,b", 'a"b', "x".repeat(261)]) {
    it(`refuses ${JSON.stringify(name.slice(0, 20))}`, () => {
      assert.match(backendNameProblem(name) ?? "", /, expected 1 to 260 letters, digits and \. _ : - \[ \] \/ %$/);
    });
  }

  it("answers any name in one line", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        assert.match(backendNameProblem(name) ?? "none", /^\P{Cc}{1,900}$/u);
      }),
    );
  });
});

describe("nameOfBackend", () => {
  it("is its own name where it has one", () => assert.equal(nameOfBackend({ name: "a", address: "h:1" }), "a"));

  it("is the address without what does not matter otherwise", () => {
    assert.equal(nameOfBackend({ address: "10.0.0.1:80" }), "10.0.0.1:80");
    assert.equal(nameOfBackend({ address: "http://h/" }), "h:80");
    assert.equal(nameOfBackend({ address: "[::ffff:1.2.3.4]:80" }), "1.2.3.4:80");
    assert.equal(nameOfBackend({ address: "unix:///run/x" }), "unix:/run/x");
  });

  it("is the text where that is no address", () => assert.equal(nameOfBackend({ address: "h" }), "h"));
});
