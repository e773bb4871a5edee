// The last 15 minutes, second by second: what the charts and the mix of ends are made of.

import type { History } from "#answers";
import type { Counts } from "./recent.ts";
import type { Status } from "./types.ts";

type Ends = Record<string, number>;

export interface Sample {
  readonly atMs: number;
  readonly active: number;
  readonly ended: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly ends: Readonly<Ends>;
}

/** What was counted up to an overview. */
interface Totals {
  readonly startedAt: string;
  readonly atMs: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly ends: Readonly<Ends>;
}

/** What is needed of an overview. */
interface Totalled extends Pick<Counts, "listeners"> {
  readonly status: Counts["status"] & { readonly sessions: Pick<Status["sessions"], "active"> };
}

export const SPAN_MS = 900_000;

/** Begins with the server's own history; from then on it adds what overviews say. */
export class Timeline {
  #samples: Sample[] = [];
  #totals: Totals | undefined;

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  /** How many sessions ended in which way in the last 15 minutes. */
  ends(): Readonly<Ends> {
    const sum: Ends = {};
    for (const { ends } of this.#samples) {
      for (const [end, count] of Object.entries(ends)) sum[end] = (sum[end] ?? 0) + count;
    }
    return sum;
  }

  begin(history: History): void {
    const { atMs, activeSessions, endedSessions, bytesUp, bytesDown } = history;
    this.#samples = atMs.map((at, index) => ({
      atMs: at,
      active: activeSessions[index] ?? 0,
      ended: endedSessions[index] ?? 0,
      bytesUp: bytesUp[index] ?? 0,
      bytesDown: bytesDown[index] ?? 0,
      ends: endsAt(history, index),
    }));
    this.#totals = undefined;
  }

  add(overview: Totalled): void {
    const now = totalsOf(overview);
    const before = this.#totals;
    this.#totals = now;
    if (before === undefined || before.startedAt !== now.startedAt || now.atMs <= before.atMs) return;
    const seconds = (now.atMs - before.atMs) / 1_000;
    const ends: Ends = {};
    for (const [end, count] of Object.entries(now.ends)) {
      const more = count - (before.ends[end] ?? 0);
      if (more > 0) ends[end] = more;
    }
    const ended = Object.values(ends).reduce((sum, count) => sum + count, 0);
    this.#samples.push({
      atMs: now.atMs,
      active: overview.status.sessions.active,
      ended: ended / seconds,
      bytesUp: Math.max(0, now.bytesUp - before.bytesUp) / seconds,
      bytesDown: Math.max(0, now.bytesDown - before.bytesDown) / seconds,
      ends,
    });
    const oldest = now.atMs - SPAN_MS;
    this.#samples = this.#samples.filter(({ atMs }) => atMs >= oldest);
  }
}

function endsAt({ ends }: History, index: number): Ends {
  const found: Ends = {};
  for (const [end, counts] of Object.entries(ends)) {
    const count = counts[index] ?? 0;
    if (count > 0) found[end] = count;
  }
  return found;
}

function totalsOf({ status, listeners }: Totalled): Totals {
  const ends: Ends = {};
  for (const listener of listeners) {
    for (const [end, count] of Object.entries(listener.ends)) ends[end] = (ends[end] ?? 0) + count;
  }
  return {
    startedAt: status.startedAt,
    atMs: Date.parse(status.at),
    bytesUp: listeners.reduce((sum, { bytesUp }) => sum + bytesUp, 0),
    bytesDown: listeners.reduce((sum, { bytesDown }) => sum + bytesDown, 0),
    ends,
  };
}
