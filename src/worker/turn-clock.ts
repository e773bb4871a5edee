import type { Clock, Timer } from "../clock.ts";

interface TurnTimer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/**
 * The clock of a loop that never returns to Node, whose timers would not run. It is read once a turn, and its timers run
 * after the events of the turn. They are few (a plane's tick, some alarms), so a list will do.
 */
export class TurnClock implements Clock {
  readonly #clock: Clock;
  /** In the order in which they were set: of two that fall due together the older one runs first. */
  readonly #timers = new Set<TurnTimer>();
  #nowMs: number;
  /** When the first of them falls due, or earlier: looked up anew only when that has passed. */
  #nextDueMs: number = Number.POSITIVE_INFINITY;

  /** @param clock the system's. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#nowMs = clock.nowMs();
  }

  /** When the turn began. */
  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#clock.wallMs();
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    this.#nextDueMs = Math.min(this.#nextDueMs, timer.dueMs);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** The turn begins. */
  refresh(): void {
    this.#nowMs = this.#clock.nowMs();
  }

  /** How long the loop may wait for events; Infinity where no timer is set. */
  waitMs(): number {
    return Math.max(0, this.#nextDueMs - this.#nowMs);
  }

  /** Runs what is due. What a callback sets runs in a later turn. */
  runDue(): void {
    if (this.#nowMs < this.#nextDueMs) return;
    const due = Array.from(this.#timers).filter(({ dueMs }) => dueMs <= this.#nowMs);
    for (const timer of due) {
      // An earlier one may have cancelled it.
      if (this.#timers.delete(timer)) timer.callback();
    }
    this.#nextDueMs = Number.POSITIVE_INFINITY;
    for (const { dueMs } of this.#timers) this.#nextDueMs = Math.min(this.#nextDueMs, dueMs);
  }
}
