// How sessions ended, second by second, for the last 15 minutes.

import type { History, ListenerAnswer, Overview } from "../../admin/answers.ts";

/** How many sessions ended in which way, for each second; oldest first. */
export type EndSeconds = readonly Readonly<Record<string, number>>[];

const MOST_SECONDS = 900;

export function endsOf({ atMs, ends }: Pick<History, "atMs" | "ends">): EndSeconds {
  const all = Object.entries(ends);
  return atMs
    .map((_, at) =>
      Object.fromEntries(all.map(([end, counts]) => [end, counts[at] ?? 0]).filter(([, count]) => count !== 0)),
    )
    .slice(-MOST_SECONDS);
}

/** The same with what has ended between two overviews. */
export function withEnds(seconds: EndSeconds, before: Overview | undefined, after: Overview): EndSeconds {
  if (before === undefined || before.status.instance !== after.status.instance) return seconds;
  const then = new Map(before.listeners.map((listener) => [listener.name, countsOf(listener)]));
  const second: Record<string, number> = {};
  for (const listener of after.listeners) {
    const counted = then.get(listener.name);
    for (const [end, count] of countsOf(listener)) {
      const more = count - (counted?.get(end) ?? 0);
      if (more > 0) second[end] = (second[end] ?? 0) + more;
    }
  }
  return [...seconds, second].slice(-MOST_SECONDS);
}

function countsOf({ ends }: ListenerAnswer): ReadonlyMap<string, number> {
  return new Map(Object.entries(ends));
}

/** Each way in which sessions ended, the most frequent first. */
export function mixOf(seconds: EndSeconds): readonly { readonly end: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const second of seconds) {
    for (const [end, count] of Object.entries(second)) counts.set(end, (counts.get(end) ?? 0) + count);
  }
  return [...counts].map(([end, count]) => ({ end, count })).sort((one, other) => other.count - one.count);
}
