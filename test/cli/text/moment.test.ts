import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { momentOf, msBetween } from "../../../src/cli/text/moment.ts";
import { isoTime } from "../../../src/observe/iso-time.ts";

describe("momentOf", () => {
  it("reads what isoTime writes", () => {
    const moments = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });
    fc.assert(fc.property(moments, (moment) => assert.equal(momentOf(isoTime(moment)), moment)));
  });

  it("reads no other text", () => {
    for (const text of ["", "now", "2026-11-21", "2026-11-21T03:05:07+01:00"]) assert.equal(momentOf(text), undefined);
  });
});

describe("msBetween", () => {
  it("is 0 where one of them is no time", () => {
    assert.equal(msBetween("2026-11-21T03:05:07.000Z", "2026-11-21T03:05:08.500Z"), 1_500);
    assert.equal(msBetween("", "2026-11-21T03:05:08.500Z"), 0);
  });
});
