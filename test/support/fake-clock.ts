import type { Clock, Timer } from "../../src/clock.ts";

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Timers that were set and have neither run nor been cancelled. */
  readonly pendingTimers: number;
  /**
   * Lets `ms` pass and runs what falls due on the way, in the order in which it falls due, each at its own time.
   * What a callback sets runs too if it falls due on the way. `advance(0)` runs what is late after a `jump`.
   */
  advance(ms: number): void;
  /**
   * Lets `ms` pass without running anything, like a stopped process or a suspended machine. Timers that have fallen
   * due meanwhile run late, in the next `advance`.
   */
  jump(ms: number): void;
}

interface FakeTimer {
  readonly dueMs: number;
  readonly callback: () => void;
}

// Node runs a timer of 0 ms after 1 ms; here that also keeps a timer that sets itself anew from stopping the time.
const SHORTEST_TIMER_MS = 1;
// The first of January 2026.
const WALL_START_MS = 1_767_225_600_000;

export function createFakeClock(start: { nowMs?: number; wallMs?: number } = {}): FakeClock {
  let nowMs = start.nowMs ?? 0;
  const wallOffsetMs = (start.wallMs ?? WALL_START_MS) - nowMs;
  // In the order in which they were set: of two that fall due together the older one runs first.
  const timers = new Set<FakeTimer>();

  function takeDue(untilMs: number): FakeTimer | undefined {
    let earliest: FakeTimer | undefined;
    for (const timer of timers) {
      if (timer.dueMs <= untilMs && (earliest === undefined || timer.dueMs < earliest.dueMs)) earliest = timer;
    }
    if (earliest !== undefined) timers.delete(earliest);
    return earliest;
  }

  return {
    nowMs: () => nowMs,
    wallMs: () => wallOffsetMs + nowMs,
    setTimer(callback, delayMs): Timer {
      const timer = { dueMs: nowMs + Math.max(delayMs, SHORTEST_TIMER_MS), callback };
      timers.add(timer);
      return { cancel: () => timers.delete(timer) };
    },
    get pendingTimers() {
      return timers.size;
    },
    advance(ms) {
      const untilMs = nowMs + ms;
      for (let due = takeDue(untilMs); due !== undefined; due = takeDue(untilMs)) {
        nowMs = Math.max(nowMs, due.dueMs);
        due.callback();
      }
      nowMs = Math.max(nowMs, untilMs);
    },
    jump(ms) {
      nowMs += ms;
    },
  };
}
