// Overviews to draw, as far as they are counted.

import type { Counts } from "../../../src/admin/page/recent.ts";

const STARTED_AT = "2026-01-01T00:00:00.000Z";
const STARTED_MS: number = Date.parse(STARTED_AT);

export interface Seen {
  /** Since the start. */
  readonly second: number;
  readonly startedAt?: string;
  readonly active?: number;
  readonly ends?: Counts["listeners"][number]["ends"];
  /** Of the listener `in`, and of the backend `web/a`. */
  readonly bytesUp?: number;
  readonly bytesDown?: number;
  /** Of the backend. */
  readonly sessions?: number;
  readonly dialBuckets?: readonly number[];
}

const NONE = { buckets: [], sumMs: 0, count: 0 };
export function timeOf(second: number): number {
  return STARTED_MS + second * 1_000;
}

/** Of one listener, `in`, and one pool, `web`, with one backend, `a`. */
export function overview(seen: Seen): Counts & { readonly status: { readonly sessions: { readonly active: number } } } {
  const { second, startedAt = STARTED_AT, active = 0, ends = {}, bytesUp = 0, bytesDown = 0, sessions = 0 } = seen;
  const dial = { buckets: seen.dialBuckets ?? [], sumMs: 0, count: 0 };
  return {
    status: { startedAt, at: new Date(timeOf(second)).toISOString(), sessions: { active } },
    listeners: [{ name: "in", ends, bytesUp, bytesDown }],
    pools: [
      {
        name: "web",
        histograms: { dial, firstByte: NONE, session: NONE, queue: NONE },
        backends: [{ name: "a", sessions, bytesUp, bytesDown }],
      },
    ],
  };
}
