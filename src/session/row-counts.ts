import type { RowCounts } from "./counters.ts";

/** The figures of a row that was never used. */
export const ZERO_COUNTS: RowCounts = {
  dials: { ok: 0, refused: 0, timeout: 0, reset: 0, unreachable: 0, local: 0 },
  sessions: 0,
  bytesUp: 0,
  bytesDown: 0,
  ejections: 0,
};

/** What several rows, or several workers, have counted together. */
export function addCounts(first: RowCounts, second: RowCounts): RowCounts {
  return combine(first, second, (one, other) => one + other);
}

/** What was counted since `before`: a row's counters go on when it is used again. */
export function subtractCounts(now: RowCounts, before: RowCounts): RowCounts {
  return combine(now, before, (one, other) => one - other);
}

function combine(first: RowCounts, second: RowCounts, by: (one: number, other: number) => number): RowCounts {
  return {
    dials: {
      ok: by(first.dials.ok, second.dials.ok),
      refused: by(first.dials.refused, second.dials.refused),
      timeout: by(first.dials.timeout, second.dials.timeout),
      reset: by(first.dials.reset, second.dials.reset),
      unreachable: by(first.dials.unreachable, second.dials.unreachable),
      local: by(first.dials.local, second.dials.local),
    },
    sessions: by(first.sessions, second.sessions),
    bytesUp: by(first.bytesUp, second.bytesUp),
    bytesDown: by(first.bytesDown, second.bytesDown),
    ejections: by(first.ejections, second.ejections),
  };
}
