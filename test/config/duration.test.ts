import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { formatDuration, parseDuration, parseDurationOrOff } from "../../src/config/duration.ts";
import { hostileText } from "./texts.ts";

const FORMS = "write one such as 250ms, 5s, 1m30s or 1h";

describe("parseDuration", () => {
  const durations: [text: string, ms: number][] = [
    ["250ms", 250],
    ["5s", 5_000],
    ["1m30s", 90_000],
    ["90s", 90_000],
    ["1h", 3_600_000],
    ["1d", 86_400_000],
    ["1d2h3m4s5ms", 93_784_005],
    ["1h5ms", 3_600_005],
    ["0s", 0],
    ["007s", 7_000],
  ];
  for (const [text, ms] of durations) {
    it(`reads ${text}`, () => assert.deepEqual(parseDuration(text), { value: ms }));
  }

  const bare: [text: string, proposal: string][] = [
    ["5", "5s or 5m"],
    ["99", "99s or 99m"],
    ["250", "250ms or 250s"],
    ["3600", "3600ms or 3600s"],
    ["0", "0s"],
    ["9999999999999999", "a duration such as 5s or 5m"],
  ];
  for (const [text, proposal] of bare) {
    it(`proposes a unit for the bare number ${text}`, () => {
      assert.deepEqual(parseDuration(text), { problem: `"${text}" has no unit; write ${proposal}` });
    });
  }

  const meant: [text: string, proposal: string][] = [
    ["5S", "5s"],
    ["5 s", "5s"],
    ["5sec", "5s"],
    ["2 minutes", "2m"],
    ["1 Hour", "1h"],
    ["3days", "3d"],
    ["100 milliseconds", "100ms"],
    ["100MSEC", "100ms"],
    ["1.5s", "1s500ms"],
    ["1.5m", "1m30s"],
    ["0.25s", "250ms"],
  ];
  for (const [text, proposal] of meant) {
    it(`proposes ${proposal} for "${text}"`, () => {
      assert.deepEqual(parseDuration(text), { problem: `"${text}" is not a duration; write ${proposal}` });
    });
  }

  for (const text of ["", "abc", "-5s", "s", "1s1m", "5s5s", "5s 3ms", "5w", "99999999999999999999d"]) {
    it(`refuses "${text}"`, () => {
      assert.deepEqual(parseDuration(text), { problem: `"${text}" is not a duration; ${FORMS}` });
    });
  }

  it("says where off can't be written", () => {
    assert.deepEqual(parseDuration("off"), { problem: `"off" is not possible here; ${FORMS}` });
  });

  it("answers any text in one line", () => {
    fc.assert(
      fc.property(hostileText("0123456789dhms. "), (text) => {
        const parsed = parseDuration(text);
        if ("problem" in parsed) assert.match(parsed.problem, /^\P{Cc}{1,900}$/u);
        else assert.ok(Number.isSafeInteger(parsed.value) && parsed.value >= 0);
      }),
    );
  });

  it("is not slow on long hostile text", () => {
    for (const part of ["1", "1m", "1.", "1 ", "9s"]) assert.ok("problem" in parseDuration(part.repeat(50_000)));
  });
});

describe("parseDurationOrOff", () => {
  it("reads off and durations", () => {
    assert.deepEqual(parseDurationOrOff("off"), { value: "off" });
    assert.deepEqual(parseDurationOrOff("5s"), { value: 5_000 });
  });

  for (const text of ["0", "00", "0s", "0ms", "0h0m"]) {
    it(`does not take ${text} for off`, () => {
      assert.deepEqual(parseDurationOrOff(text), { problem: `"${text}" is not a way to switch it off; write off` });
    });
  }

  it("proposes a unit for a bare number, and off among the forms", () => {
    assert.deepEqual(parseDurationOrOff("5"), { problem: '"5" has no unit; write 5s or 5m' });
    assert.deepEqual(parseDurationOrOff("never"), { problem: `"never" is not a duration; ${FORMS}, or off` });
  });
});

describe("formatDuration", () => {
  const texts: [ms: number, text: string][] = [
    [0, "0s"],
    [250, "250ms"],
    [1_500, "1s500ms"],
    [60_000, "1m"],
    [90_000, "1m30s"],
    [3_600_000, "1h"],
    [86_400_000, "1d"],
  ];
  for (const [ms, text] of texts) {
    it(`writes ${ms} ms as ${text}`, () => assert.equal(formatDuration(ms), text));
  }

  it("writes what parseDuration reads", () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (ms) => {
        assert.deepEqual(parseDuration(formatDuration(ms)), { value: ms });
      }),
    );
  });
});
