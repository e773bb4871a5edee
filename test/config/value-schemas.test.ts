import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { z } from "zod";
import {
  address,
  callback,
  count,
  countOr,
  infinityForOff,
  milliseconds,
  millisecondsOrOff,
  oneOf,
  strict,
} from "../../src/config/value-schemas.ts";

const range = { min: 10, max: 1000 };

function messages(schema: z.ZodType, value: unknown): string[] {
  return schema.safeParse(value).error?.issues.map(({ message }) => message) ?? [];
}

describe("count", () => {
  it("takes whole numbers within the range", () => {
    for (const value of [10, 11, 1000]) assert.equal(count(range).parse(value), value);
  });

  for (const value of [9, 1001, 10.5, -3, Number.NaN, Infinity, "10", null, true, [10], 2 ** 60]) {
    it(`refuses ${String(value)} in our words`, () => {
      for (const message of messages(count(range), value)) {
        assert.match(message, /^got .*, expected a whole number from 10 to 1,000$/);
      }
      assert.ok(messages(count(range), value).length > 0);
    });
  }
});

describe("countOr", () => {
  it("takes the word too", () => {
    assert.equal(countOr(range, "auto").parse("auto"), "auto");
    assert.equal(countOr(range, "auto").parse(10), 10);
  });

  it("names the word whatever is wrong", () => {
    for (const value of [9, "x", null]) {
      assert.match(messages(countOr(range, "auto"), value)[0] ?? "", /, expected a whole number .*, or "auto"$/);
    }
  });
});

describe("milliseconds", () => {
  it("says that it counts milliseconds", () => {
    assert.deepEqual(messages(milliseconds(range), 9), [
      "got 9, expected a whole number of milliseconds from 10 to 1,000",
    ]);
  });
});

describe("millisecondsOrOff", () => {
  it("makes off infinite", () => {
    assert.equal(millisecondsOrOff(range).parse("off"), Infinity);
    assert.equal(millisecondsOrOff(range).parse(10), 10);
    assert.match(messages(millisecondsOrOff(range), 0)[0] ?? "", /^got 0, .*, or "off"$/);
  });
});

describe("infinityForOff", () => {
  it("leaves numbers alone", () => {
    assert.equal(infinityForOff(5), 5);
    assert.equal(infinityForOff("off"), Infinity);
  });
});

describe("oneOf", () => {
  it("takes its words only", () => {
    assert.equal(oneOf(["a", "b"]).parse("a"), "a");
    assert.deepEqual(messages(oneOf(["a", "b"]), 1), ['got 1, expected one of "a", "b"']);
  });
});

describe("callback", () => {
  it("takes functions only, and hands them on as they are", () => {
    const schema = callback({ error: () => "expected a function" });
    const own = () => 1;
    assert.equal(schema.parse(own), own);
    assert.deepEqual(messages(schema, 1), ["expected a function"]);
  });
});

describe("address", () => {
  it("parses, and says what is wrong as the command line does", () => {
    assert.deepEqual(address("dial").parse("a:1"), { kind: "tcp", host: "a", port: 1 });
    assert.deepEqual(messages(address("dial"), "a"), ['"a" has no port; write a:80']);
    assert.deepEqual(messages(address("listen"), 80), ['got 80, expected an address such as ":80"']);
  });
});

describe("strict", () => {
  it("refuses unknown keys and what is no object", () => {
    const schema = strict("an object of things", { weight: count(range) });
    assert.deepEqual(messages(schema, { weight: 10, wieght: 1 }), ['unknown key "wieght"; did you mean weight?']);
    for (const value of [1, "x", null, [], () => 1]) {
      assert.match(messages(schema, value)[0] ?? "", /, expected an object of things$/);
    }
  });
});
