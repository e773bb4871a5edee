import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { timestampOf } from "../../../src/admin/metrics/timestamp.ts";
import { isoTime } from "../../../src/observe/iso-time.ts";

describe("timestampOf", () => {
  it("is the way back from isoTime, in seconds", () => {
    assert.equal(timestampOf(isoTime(1_795_230_307_123)), 1_795_230_307.123);
  });
});
