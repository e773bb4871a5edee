import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { formatRate, parseRateOrOff } from "../../src/config/rate.ts";

const EXPECTED = "expected a rate from 1/m to 1,000,000/s, or off";

describe("parseRateOrOff", () => {
  it("reads rates a second, a minute, and off", () => {
    for (const [text, rate] of [
      ["20/s", 20],
      ["30/m", 0.5],
      ["off", "off"],
    ] as const) {
      assert.deepEqual(parseRateOrOff(text), { value: rate });
    }
  });

  const refused: [text: string, problem: string][] = [
    ["20", '"20" has no unit; write 20/s or 20/m'],
    ["0", '"0" has no unit; write off'],
    ["0/s", `got "0/s", ${EXPECTED}`],
    ["1000001/s", `got "1000001/s", ${EXPECTED}`],
    ["20/h", `got "20/h", ${EXPECTED}; write one such as 20/s`],
  ];
  for (const [text, problem] of refused) {
    it(`refuses ${text}`, () => assert.deepEqual(parseRateOrOff(text), { problem }));
  }
});

describe("formatRate", () => {
  it("is read as the same rate again", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.constantFrom("s", "m"), (count, unit) => {
        const parsed = parseRateOrOff(`${count}/${unit}`);
        assert.ok("value" in parsed && typeof parsed.value === "number");
        assert.deepEqual(parseRateOrOff(formatRate(parsed.value)), parsed);
      }),
    );
  });
});
