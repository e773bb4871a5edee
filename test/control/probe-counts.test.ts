import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addProbes, countProbe, NO_PROBES, type ProbeCounts, pastProbes } from "../../src/control/probe-counts.ts";

const EARLY = "2026-01-01T00:00:00.000Z";
const LATE = "2026-01-01T00:00:05.000Z";

const ONE: ProbeCounts = {
  ok: 1,
  failed: 2,
  lastMs: 3,
  lastAt: LATE,
  lastFailure: { reason: "timeout", at: EARLY },
  certificateExpiresAt: "2120-01-01T00:00:00.000Z",
};
const OTHER: ProbeCounts = {
  ok: 10,
  failed: 20,
  lastMs: 30,
  lastAt: EARLY,
  lastFailure: null,
  certificateExpiresAt: "2021-01-01T00:00:00.000Z",
};

describe("countProbe", () => {
  it("counts what is good and what is not, and how long the last one took", () => {
    const once = countProbe(NO_PROBES, { kind: "ok" }, { tookMs: 3, at: EARLY });
    assert.deepEqual(once, {
      ok: 1,
      failed: 0,
      lastMs: 3,
      lastAt: EARLY,
      lastFailure: null,
      certificateExpiresAt: null,
    });
    const twice = countProbe(once, { kind: "failed", reason: "no" }, { tookMs: 4, at: LATE });
    const lastFailure = { reason: "no", at: LATE };
    assert.deepEqual(twice, { ok: 1, failed: 1, lastMs: 4, lastAt: LATE, lastFailure, certificateExpiresAt: null });
  });

  it("remembers the last that has failed, also when others have succeeded since", () => {
    const failure = countProbe(NO_PROBES, { kind: "failed", reason: "answered 503" }, { tookMs: 1, at: EARLY });
    const success = countProbe(failure, { kind: "ok" }, { tookMs: 1, at: LATE });
    assert.deepEqual(success.lastFailure, { reason: "answered 503", at: EARLY });
  });

  it("does not count what has found out nothing", () => {
    assert.equal(countProbe(ONE, { kind: "inconclusive", reason: "EMFILE" }, { tookMs: 9, at: LATE }), ONE);
  });

  it("remembers the certificate that was seen last", () => {
    const certificateExpiresAt = "2030-01-01T00:00:00.000Z";
    const seen = countProbe(ONE, { kind: "ok", certificateExpiresAt }, { tookMs: 1, at: LATE });
    assert.equal(seen.certificateExpiresAt, certificateExpiresAt);
    const unseen = countProbe(seen, { kind: "failed", reason: "ECONNREFUSED" }, { tookMs: 1, at: LATE });
    assert.equal(unseen.certificateExpiresAt, certificateExpiresAt);
  });
});

describe("addProbes", () => {
  it("adds up, and takes the last probe, the last failure and the certificate that ends first", () => {
    const { lastFailure } = ONE;
    const { certificateExpiresAt } = OTHER;
    const sum = { ok: 11, failed: 22, lastMs: 3, lastAt: LATE, lastFailure, certificateExpiresAt };
    assert.deepEqual(addProbes(ONE, OTHER), sum);
    assert.deepEqual(addProbes(OTHER, ONE), sum);
  });

  it("changes nothing by an address that was never probed", () => {
    assert.deepEqual(addProbes(ONE, NO_PROBES), ONE);
    assert.deepEqual(addProbes(NO_PROBES, ONE), ONE);
  });
});

describe("pastProbes", () => {
  it("keeps the counts, and forgets the certificate", () => {
    assert.deepEqual(pastProbes(ONE), { ...ONE, certificateExpiresAt: null });
  });
});
