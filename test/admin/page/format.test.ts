import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  formatAgo,
  formatBytes,
  formatCount,
  formatDuration,
  formatIn,
  formatMoment,
  formatRate,
  formatShare,
  formatTime,
} from "../../../src/admin/page/format.ts";

/** A table of what is put in and what is to come out. */
function writes(format: (value: number) => string, table: readonly (readonly [number, string])[]): void {
  for (const [value, expected] of table) assert.equal(format(value), expected, `${value}`);
}

describe("formatCount", () => {
  it("groups digits, and shortens what no column has room for", () => {
    writes(formatCount, [
      [0, "0"],
      [999, "999"],
      [1_234, "1,234"],
      [9_999_999, "9,999,999"],
      [12_345_678, "12.3 M"],
      [123_456_789, "123 M"],
      [12_345_678_901, "12.3 G"],
    ]);
  });
});

describe("formatRate", () => {
  it("keeps one decimal of what is small, and never calls something nothing", () => {
    writes(formatRate, [
      [0, "0"],
      [0.04, "<0.1"],
      [0.4, "0.4"],
      [12.54, "12.5"],
      [1_234.4, "1,234"],
    ]);
  });
});

describe("formatBytes", () => {
  it("takes the largest unit with at most three digits before the point", () => {
    writes(formatBytes, [
      [0, "0 B"],
      [512, "512 B"],
      [1_023, "1 KiB"],
      [1_536, "1.5 KiB"],
      [20 * 2 ** 20, "20 MiB"],
      [1_000 * 2 ** 20, "0.98 GiB"],
      [3 * 2 ** 50, "3 PiB"],
    ]);
  });
});

describe("formatDuration", () => {
  it("takes at most two units", () => {
    writes(formatDuration, [
      [0, "0 ms"],
      [0.42, "0.42 ms"],
      [12.34, "12.3 ms"],
      [1_200, "1.2 s"],
      [200_000, "3 min 20 s"],
      [7_500_000, "2 h 5 min"],
      [273_600_000, "3 d 4 h"],
      [86_400_000, "1 d"],
    ]);
  });
});

describe("formatAgo and formatIn", () => {
  it("take whole units, so that they don't flicker", () => {
    writes(formatAgo, [
      [0, "now"],
      [-300, "now"],
      [4_600, "5 s ago"],
      [200_000, "3 min ago"],
    ]);
    writes(formatIn, [
      [0, "now"],
      [9_800, "in 10 s"],
      [7_500_000, "in 2 h 5 min"],
    ]);
  });
});

describe("formatShare", () => {
  it("never calls something nothing", () => {
    writes(formatShare, [
      [0, "0 %"],
      [0.0003, "<0.1 %"],
      [0.1234, "12.3 %"],
      [1, "100 %"],
    ]);
  });
});

describe("formatMoment", () => {
  it("leaves out the day where it is today", () => {
    const noon = new Date(2026, 10, 21, 12, 0, 0).getTime();
    assert.equal(formatTime(noon), "12:00:00");
    assert.equal(formatMoment(new Date(noon).toISOString(), noon + 1_000), "12:00:00");
    assert.equal(formatMoment(new Date(noon).toISOString(), noon + 86_400_000), "2026-11-21 12:00:00");
  });
});
