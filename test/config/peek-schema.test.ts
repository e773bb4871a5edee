import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { forwardedSchema, peekSchema } from "../../src/config/peek-schema.ts";
import { problemsOf } from "./problems-of.ts";

describe("peekSchema", () => {
  it("peeks at nothing unless asked", () => {
    assert.equal(peekSchema.parse(undefined), undefined);
    assert.equal(peekSchema.parse("none"), undefined);
  });

  it("takes a word for all of the defaults", () => {
    assert.deepEqual(peekSchema.parse("tls"), { as: "tls", timeoutMs: 3_000, byteCount: 16_384, strict: true });
    assert.deepEqual(peekSchema.parse({ as: "tls" }), peekSchema.parse("tls"));
  });

  const refused: [value: unknown, problem: string][] = [
    [
      "htp",
      'x: got "htp", expected one of "none", "http", "tls", "auto", or an object of peek options; did you mean http?',
    ],
    [{ as: "none" }, 'x.as: got "none", expected one of "http", "tls", "auto"'],
    [{ as: "http", byteCount: 1 }, "x.byteCount: got 1, expected a whole number from 256 to 65,536"],
    [{ as: "http", size: 1 }, 'x: unknown key "size"'],
  ];
  for (const [value, problem] of refused) {
    it(`refuses ${JSON.stringify(value)}`, () => assert.deepEqual(problemsOf(peekSchema, value), [problem]));
  }
});

describe("forwardedSchema", () => {
  it("takes a word, or who is trusted as well", () => {
    assert.deepEqual(forwardedSchema.parse(undefined), { headers: "x-forwarded", trust: [] });
    assert.deepEqual(forwardedSchema.parse("off"), { headers: "off", trust: [] });
    const trust = ["10.0.0.0/8"];
    assert.deepEqual(forwardedSchema.parse({ trust }), { headers: "x-forwarded", trust });
  });

  it("refuses another word", () => {
    assert.deepEqual(problemsOf(forwardedSchema, "x-forwardde"), [
      'x: got "x-forwardde", expected one of "x-forwarded", "forwarded", "off", or an object of forwarded options; did you mean x-forwarded?',
    ]);
  });
});
