import type { LaneCounts } from "./counters.ts";
import { type EndReason, endReasons } from "./end.ts";

/** The figures of a lane that was never used. */
export const ZERO_LANE: LaneCounts = { ends: {}, bytesUp: 0, bytesDown: 0, irregular: 0, answers: {} };

/** What several lanes, or several workers, have counted together. */
export function addLanes(first: LaneCounts, second: LaneCounts): LaneCounts {
  return combine(first, second, (one, other) => one + other);
}

/** What was counted since `before`: a lane's counters go on when it is somebody else's. */
export function subtractLanes(now: LaneCounts, before: LaneCounts): LaneCounts {
  return combine(now, before, (one, other) => one - other);
}

function combine(first: LaneCounts, second: LaneCounts, by: (one: number, other: number) => number): LaneCounts {
  const ends: Partial<Record<EndReason, number>> = {};
  for (const end of endReasons) {
    const count = by(first.ends[end] ?? 0, second.ends[end] ?? 0);
    if (count > 0) ends[end] = count;
  }
  const answers: Record<number, number> = {};
  for (const status of Object.keys({ ...first.answers, ...second.answers }).map(Number)) {
    const count = by(first.answers[status] ?? 0, second.answers[status] ?? 0);
    if (count > 0) answers[status] = count;
  }
  return {
    ends,
    bytesUp: by(first.bytesUp, second.bytesUp),
    bytesDown: by(first.bytesDown, second.bytesDown),
    irregular: by(first.irregular, second.irregular),
    answers,
  };
}
