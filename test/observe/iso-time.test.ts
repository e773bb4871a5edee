import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isoTime } from "../../src/observe/iso-time.ts";

// The first millisecond of the year 0 and the last of the year 9999.
const FIRST_MS = -62_167_219_200_000;
const LAST_MS = 253_402_300_799_999;

function dateText(wallMs: number): string {
  // oxlint-disable-next-line no-restricted-globals -- It is what isoTime is compared with; it reads no clock.
  return new Date(wallMs).toISOString();
}

describe("isoTime", () => {
  it("agrees with Date for the years 0 to 9999", () => {
    for (const ms of [FIRST_MS, -1, 0, 951_782_399_999, 951_782_400_000, 1_709_251_199_999, LAST_MS]) {
      assert.equal(isoTime(ms), dateText(ms));
    }
    const anyMs = fc.integer({ min: FIRST_MS, max: LAST_MS });
    fc.assert(
      fc.property(anyMs, (ms) => assert.equal(isoTime(ms), dateText(ms))),
      { numRuns: 5_000 },
    );
  });

  it("leaves out what is less than a millisecond", () => {
    assert.equal(isoTime(1_795_230_307_123.9), "2026-11-21T03:05:07.123Z");
  });
});
