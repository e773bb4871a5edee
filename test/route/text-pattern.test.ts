import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseTextPattern, TextPattern } from "../../src/route/text-pattern.ts";

describe("parseTextPattern", () => {
  it("takes any text but none", () => {
    assert.deepEqual(parseTextPattern("vpce-*"), { value: "vpce-*" });
    assert.deepEqual(parseTextPattern(""), {
      problem: '"" matches an empty value only; write "*" for any value, or leave the condition out',
    });
    assert.ok("problem" in parseTextPattern("x".repeat(1_025)));
  });
});

describe("TextPattern", () => {
  it("is the whole text without a *", () => {
    assert.ok(new TextPattern("true").match("true"));
    for (const text of ["True", "true ", "", "xtrue"]) assert.ok(!new TextPattern("true").match(text), text);
  });

  it("lets * stand for any number of characters at any place", () => {
    assert.ok(new TextPattern("*").match(""));
    assert.ok(new TextPattern("vpce-*").match("vpce-"));
    assert.ok(new TextPattern("*bot*").match("Googlebot/2"));
    assert.ok(new TextPattern("a*b*c").match("a--b--b--c"));
    assert.ok(!new TextPattern("a*a").match("a"));
    assert.ok(!new TextPattern("a*b*c").match("a-c-b"));
  });

  it("agrees with the regular expression that it stands for", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "\n"), maxLength: 12 });
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (written, value) => {
        const oracle = new RegExp(`^${written.replaceAll("*", "[^]*")}$`);
        assert.equal(new TextPattern(written).match(value), oracle.test(value));
      }),
      { numRuns: 2_000 },
    );
  });
});
