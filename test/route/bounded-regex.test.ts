import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { BoundedRegex, parsePathRegex } from "../../src/route/bounded-regex.ts";
import { anyRegex } from "./regexes.ts";

function problem(source: string): string {
  const parsed = parsePathRegex(source);
  return "problem" in parsed ? parsed.problem : "none";
}

describe("parsePathRegex", () => {
  it("takes what people write for paths", () => {
    const useful = ["^/v[0-9]+/", "\\.(?:png|jpe?g|svg)$", "^/(users|posts)/\\d{1,9}(/.*)?$", "^/.*/.*/.*\\.js$"];
    useful.push(
      "^/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
      "[^/]+/edit",
      "^/(?<lang>[a-z]{2})/",
      "^/([a-z0-9-]{1,63}/){1,3}$",
    );
    for (const source of useful) assert.equal(problem(source), "none", source);
  });

  it("refuses what can't be matched in bounded time, in words", () => {
    const nested =
      "has a quantifier within a quantifier, as in (a+)+, which can take very long; expected one of the two only";
    for (const source of [
      "(a+)+$",
      "(a*)*",
      "([a-z]+)*",
      "(a|b+)+",
      "((a+)b)*",
      "(a+){2,5}",
      "(a?)*",
      "(a{1,5})+",
      "(?:x+x+)+y",
    ]) {
      assert.equal(problem(source), `the path-regex ${JSON.stringify(source)} ${nested}`);
    }
    assert.equal(
      problem("(a)\\1"),
      'the path-regex "(a)\\\\1" has the backreference \\1, which routes can\'t match in bounded time',
    );
    assert.match(problem("(?<x>a)\\k<x>"), /has the backreference \\k/);
    for (const look of ["(?=a)", "(?!a)", "(?<=a)", "(?<!a)"]) assert.match(problem(look), /looks ahead or behind/);
    assert.match(problem("a{1000}"), /repeats more than 100 times/);
    assert.match(problem("a{1,1000}"), /repeats more than 100 times/);
    assert.match(problem("((a{99}){99}){99}"), /too long once its counted repeats are written out/);
    assert.match(problem("[ab]*a[ab]{15}$"), /too many ways to match, more than 1,000 states/);
    assert.match(problem("x".repeat(1_001)), /is longer than 1000 characters/);
    assert.match(problem("(".repeat(30) + ")".repeat(30)), /groups within groups/);
  });

  it("says what is no regular expression, and what routes don't know of them", () => {
    assert.equal(problem("(a"), 'the path-regex "(a" is no regular expression: unterminated group');
    assert.equal(problem("["), 'the path-regex "[" is no regular expression: unterminated character class');
    assert.equal(problem("*"), 'the path-regex "*" is no regular expression: nothing to repeat');
    assert.equal(
      problem("a{2,1}"),
      'the path-regex "a{2,1}" is no regular expression: numbers out of order in {} quantifier',
    );
    assert.match(problem("\\bx"), /a boundary of words/);
    assert.match(problem("\\p{L}"), /has \\p, which routes don't know/);
    assert.match(problem("\\01"), /octal/);
    assert.equal(problem(""), 'the path-regex "" matches every path; leave the condition out');
    assert.equal(
      problem("/café"),
      'the path-regex "/café" has the character "é"; paths are compared with it escaped, as "%C3%A9"',
    );
  });

  it("gives a value or a problem for any text, in bounded work", () => {
    const source = fc.oneof(
      fc.string({ unit: fc.constantFrom(..."ab[]()|*+?{}0129,^$\\dw.-=!<:".split("")), maxLength: 30 }),
      fc.string({ unit: "binary", maxLength: 50 }),
    );
    fc.assert(
      fc.property(source, (text) => {
        const parsed = parsePathRegex(text);
        if ("problem" in parsed) assert.doesNotMatch(parsed.problem, /\n/);
        else assert.equal(typeof new BoundedRegex(text).match("/a/b"), "boolean");
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("BoundedRegex", () => {
  it("matches anywhere, unless it is anchored", () => {
    assert.ok(new BoundedRegex("b").match("/abc"));
    assert.ok(!new BoundedRegex("^b").match("/abc"));
    assert.ok(new BoundedRegex("^/a").match("/abc"));
    assert.ok(!new BoundedRegex("b$").match("/abc"));
    assert.ok(new BoundedRegex("(^/v1|/v2)($|/)").match("/x/v2"));
    assert.ok(!new BoundedRegex("(^/v1|/v2)($|/)").match("/x/v1"));
  });

  it("knows classes, ranges and escapes", () => {
    assert.ok(new BoundedRegex("^/[a-c\\d_-]{3}$").match("/a1-"));
    assert.ok(!new BoundedRegex("^/[^a-c]$").match("/b"));
    assert.ok(new BoundedRegex("^/\\x41\\.\\u0042$").match("/A.B"));
    assert.ok(new BoundedRegex("^[^]$").match("/"));
    assert.ok(!new BoundedRegex("[]").match("/"));
    assert.ok(new BoundedRegex("a{").match("/a{"));
    assert.ok(new BoundedRegex("\\w\\W\\S\\D").match("/a-bc"));
  });

  it("throws for a source that was refused", () => {
    assert.throws(() => new BoundedRegex("(a+)+"), /quantifier within/);
  });

  it("agrees with JavaScript's own on every pattern that it takes", () => {
    const path = fc.string({ unit: fc.constantFrom("a", "b", "/", "x", "1", "-"), maxLength: 12 });
    fc.assert(
      fc.property(anyRegex, fc.array(path, { minLength: 1, maxLength: 10 }), (source, paths) => {
        fc.pre("value" in parsePathRegex(source));
        const regex = new BoundedRegex(source);
        const oracle = new RegExp(source);
        for (const text of paths) assert.equal(regex.match(`/${text}`), oracle.test(`/${text}`), `/${text}`);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("BoundedRegex.stream", () => {
  const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");

  it("finds in pieces what it finds in one", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("^ab+c", "b.c", "a|bc$", "[^a]{2}", "^(?:ab|cd)*$"),
        fc.string({ unit: fc.constantFrom("a", "b", "c", "d", "\xff"), maxLength: 12 }),
        fc.nat(12),
        (source, text, cut) => {
          const regex = new BoundedRegex(source);
          const whole = regex.stream().take(bytes(text));
          assert.equal(typeof whole === "number", new RegExp(source).test(text));
          if (source.endsWith("$")) return;
          const stream = regex.stream();
          const first = stream.take(bytes(text.slice(0, cut)));
          const found = typeof first === "number" ? first : cut + Number(stream.take(bytes(text.slice(cut))));
          if (typeof whole === "number") assert.equal(found, whole);
        },
      ),
    );
  });

  it("says where the match ends, and when there can be none any more", () => {
    assert.equal(new BoundedRegex("b+").stream().take(bytes("aabbb")), 3);
    assert.equal(new BoundedRegex("^b").stream().take(bytes("a")), "never");
    assert.equal(new BoundedRegex("^ab").stream().take(bytes("a")), "not yet");
  });
});
