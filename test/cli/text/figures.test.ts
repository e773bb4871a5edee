import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ageText, bytesText, countText, durationText, plural, rateText } from "../../../src/cli/text/figures.ts";

function table(
  name: string,
  text: (value: number) => string,
  cases: readonly (readonly [value: number, text: string])[],
): void {
  describe(name, () => {
    for (const [value, expected] of cases)
      it(`writes ${value} as ${expected}`, () => assert.equal(text(value), expected));
  });
}

table("bytesText", bytesText, [
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.0 KiB"],
  [1234, "1.2 KiB"],
  [102_348, "99.9 KiB"],
  [102_400, "100 KiB"],
  [2 ** 20 - 1, "1.0 MiB"],
  [5 * 2 ** 30, "5.0 GiB"],
  [2 ** 60, "1024 PiB"],
]);

table("countText", countText, [
  [0, "0"],
  [999, "999"],
  [12_345, "12,345"],
  [1_234_567.4, "1,234,567"],
]);

table("rateText", rateText, [
  [0, "0"],
  [0.44, "0.4"],
  [9.94, "9.9"],
  [9.96, "10"],
  [1_234.5, "1,235"],
]);

table("durationText", durationText, [
  [0, "0.0ms"],
  [1.24, "1.2ms"],
  [12.4, "12ms"],
  [999.6, "1.0s"],
  [3_240, "3.2s"],
  [59_960, "1m"],
  [90_000, "1m30s"],
  [3_600_000, "1h"],
  [11_550_000, "3h12m"],
  [446_400_000, "5d4h"],
]);

table("ageText", ageText, [
  [-5, "0s"],
  [400, "0s"],
  [3_240, "3s"],
  [192_000, "3m12s"],
]);

describe("plural", () => {
  it("counts a noun", () => {
    assert.deepEqual(
      [0, 1, 1_200].map((count) => plural(count, "session")),
      ["0 sessions", "1 session", "1,200 sessions"],
    );
  });
});
