import type { Clock, Timer } from "../clock.ts";

/** Says that something goes wrong when it begins, and then once per interval how often it did. */
export interface Alarm {
  /** @param count how often it has happened since it was raised last. */
  raise(key: string, count?: number): void;
  /** Says what has not been said yet. Nothing is said afterwards. */
  close(): void;
}

interface Entry {
  count: number;
  timer: Timer;
}

/** Different things remembered; what comes beyond shares one place. */
const MOST_KEYS = 64;
const OTHER = "others";

/** @param say called with the key, and how often it was raised since the last time. */
export function createAlarm(clock: Clock, intervalMs: number, say: (key: string, count: number) => void): Alarm {
  const entries = new Map<string, Entry>();
  let isClosed = false;

  function raise(key: string, count = 1): void {
    if (isClosed) return;
    const entry = entries.get(key);
    if (entry !== undefined) entry.count += count;
    else if (entries.size >= MOST_KEYS && key !== OTHER) raise(OTHER, count);
    else {
      entries.set(key, { count: 0, timer: clock.setTimer(() => report(key), intervalMs) });
      say(key, count);
    }
  }

  function report(key: string): void {
    const entry = entries.get(key);
    if (entry === undefined) return;
    if (entry.count === 0) {
      entries.delete(key);
      return;
    }
    const { count } = entry;
    entry.count = 0;
    entry.timer = clock.setTimer(() => report(key), intervalMs);
    say(key, count);
  }

  function close(): void {
    isClosed = true;
    for (const [key, { count, timer }] of entries) {
      timer.cancel();
      if (count > 0) say(key, count);
    }
    entries.clear();
  }

  return { raise, close };
}
