import type { ProbeResult } from "../probe/result.ts";

/** What probes have found out about an address, or about all of a backend's together. */
export interface ProbeCounts {
  readonly ok: number;
  readonly failed: number;
  /** How long the last one took. Milliseconds; null before the first, here and below. */
  readonly lastMs: number | null;
  /** ISO 8601, UTC; here and below. */
  readonly lastAt: string | null;
  /** The last one that failed, also where others have succeeded since. */
  readonly lastFailure: { readonly reason: string; readonly at: string } | null;
  /** When the certificate ends that the last probe over TLS saw; of several addresses the earliest. */
  readonly certificateExpiresAt: string | null;
}

/** Before the first probe. */
export const NO_PROBES: ProbeCounts = {
  ok: 0,
  failed: 0,
  lastMs: null,
  lastAt: null,
  lastFailure: null,
  certificateExpiresAt: null,
};

/** With one more. What has found out nothing is not counted. */
export function countProbe(
  before: ProbeCounts,
  result: ProbeResult,
  { tookMs, at }: { readonly tookMs: number; readonly at: string },
): ProbeCounts {
  const { kind, certificateExpiresAt } = result;
  if (kind === "inconclusive") return before;
  return {
    ok: before.ok + (kind === "ok" ? 1 : 0),
    failed: before.failed + (kind === "failed" ? 1 : 0),
    lastMs: tookMs,
    lastAt: at,
    lastFailure: kind === "failed" ? { reason: result.reason, at } : before.lastFailure,
    // Where it did not come as far as that, what was seen before still stands.
    certificateExpiresAt: certificateExpiresAt ?? before.certificateExpiresAt,
  };
}

/** Of two addresses together. */
export function addProbes(one: ProbeCounts, other: ProbeCounts): ProbeCounts {
  const latest = isLater(other.lastAt, one.lastAt) ? other : one;
  const ends = [one, other].flatMap(({ certificateExpiresAt: end }) => (end === null ? [] : [end])).sort();
  return {
    ok: one.ok + other.ok,
    failed: one.failed + other.failed,
    lastMs: latest.lastMs,
    lastAt: latest.lastAt,
    lastFailure: latestOf(one.lastFailure, other.lastFailure),
    certificateExpiresAt: ends[0] ?? null,
  };
}

/** Of an address that the backend has no more: its certificate says nothing about those that it has. */
export function pastProbes(counts: ProbeCounts): ProbeCounts {
  return { ...counts, certificateExpiresAt: null };
}

function latestOf(one: ProbeCounts["lastFailure"], other: ProbeCounts["lastFailure"]): ProbeCounts["lastFailure"] {
  return isLater(other?.at, one?.at) ? other : one;
}

/** Texts of one form and one zone are in the order of time. */
function isLater(at: string | null | undefined, than: string | null | undefined): boolean {
  return (at ?? "") > (than ?? "");
}
