import type { ProbeResult } from "../probe/result.ts";

/** What probes have found out about an address, or about all of a backend's together. */
export interface ProbeCounts {
  readonly ok: number;
  readonly failed: number;
  /** How long the last one took. Milliseconds; null before the first, here and below. */
  readonly lastMs: number | null;
  /** ISO 8601, UTC; here and below. */
  readonly lastAt: string | null;
  /** When the certificate ends that the last probe over TLS saw; of several addresses the earliest. */
  readonly certificateExpiresAt: string | null;
}

/** Before the first probe. */
export const NO_PROBES: ProbeCounts = { ok: 0, failed: 0, lastMs: null, lastAt: null, certificateExpiresAt: null };

/** With one more. What has found out nothing is not counted. */
export function countProbe(
  before: ProbeCounts,
  { kind, certificateExpiresAt }: ProbeResult,
  { tookMs, at }: { readonly tookMs: number; readonly at: string },
): ProbeCounts {
  if (kind === "inconclusive") return before;
  return {
    ok: before.ok + (kind === "ok" ? 1 : 0),
    failed: before.failed + (kind === "failed" ? 1 : 0),
    lastMs: tookMs,
    lastAt: at,
    // Where it did not come as far as that, what was seen before still stands.
    certificateExpiresAt: certificateExpiresAt ?? before.certificateExpiresAt,
  };
}

/** Of two addresses together. */
export function addProbes(one: ProbeCounts, other: ProbeCounts): ProbeCounts {
  // Texts of one form and one zone are in the order of time.
  const latest = (other.lastAt ?? "") > (one.lastAt ?? "") ? other : one;
  const ends = [one, other].flatMap(({ certificateExpiresAt: end }) => (end === null ? [] : [end])).sort();
  return {
    ok: one.ok + other.ok,
    failed: one.failed + other.failed,
    lastMs: latest.lastMs,
    lastAt: latest.lastAt,
    certificateExpiresAt: ends[0] ?? null,
  };
}

/** Of an address that the backend has no more: its certificate says nothing about those that it has. */
export function pastProbes(counts: ProbeCounts): ProbeCounts {
  return { ...counts, certificateExpiresAt: null };
}
