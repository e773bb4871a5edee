import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { printable, quote, quoteValue } from "../../src/wire/quote.ts";

describe("quote", () => {
  it("puts quotes around text", () => {
    assert.equal(quote("5"), '"5"');
    assert.equal(quote('a"b'), '"a\\"b"');
    assert.equal(quote("ü"), '"ü"');
  });

  it("keeps line ends, terminal sequences and turned text out of messages", () => {
    assert.equal(quote("a\nb\u001b[31m\u009b31m\u2028\u202e"), '"a\\nb\\u001b[31m\\u009b31m\\u2028\\u202e"');
  });

  it("shortens long text", () => assert.equal(quote("x".repeat(500)), `"${"x".repeat(100)}…"`));

  it("is one harmless line whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 500 }), (text) => {
        assert.match(quote(text), /^"[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]{0,700}"$/u);
      }),
    );
  });
});

describe("printable", () => {
  it("is the same without quotes", () => assert.equal(printable("a\nb"), "a\\nb"));
});

describe("quoteValue", () => {
  const values: [value: unknown, text: string][] = [
    ["x", '"x"'],
    [-3, "-3"],
    [1.5, "1.5"],
    [Number.NaN, "NaN"],
    [true, "true"],
    [null, "null"],
    [undefined, "undefined"],
    [10n, "10"],
    [["secret"], "a list"],
    [{ token: "secret" }, "an object"],
    [() => 1, "a function"],
    [Symbol("s"), "Symbol(s)"],
  ];
  for (const [value, text] of values) {
    it(`shows ${text}`, () => assert.equal(quoteValue(value), text));
  }
});
