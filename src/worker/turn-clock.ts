import type { Clock, Timer } from "../clock.ts";

interface TurnTimer {
  readonly dueMs: number;
  readonly callback: () => void;
  /** Of two that fall due together the older one runs first. */
  readonly order: number;
}

/**
 * The clock of a loop that never returns to Node, whose timers would not run. It is read once a turn, and its timers run
 * after the events of the turn. Clients that don't leave once they are answered may be many, and all of them wait for
 * equally long; so there is a line for each delay, of which only the front is looked at.
 */
export class TurnClock implements Clock {
  readonly #clock: Clock;
  /** By delay, those that were set first at the front: they are due first, too. None is empty. */
  readonly #lines = new Map<number, Set<TurnTimer>>();
  #lastOrder = 0;
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
    this.#lastOrder++;
    const timer: TurnTimer = { dueMs: this.#nowMs + delayMs, callback, order: this.#lastOrder };
    const line = this.#lines.get(delayMs);
    if (line === undefined) this.#lines.set(delayMs, new Set([timer]));
    else line.add(timer);
    this.#nextDueMs = Math.min(this.#nextDueMs, timer.dueMs);
    return { cancel: () => void this.#remove(timer, delayMs) };
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
    const due: { readonly timer: TurnTimer; readonly delayMs: number }[] = [];
    for (const [delayMs, line] of this.#lines) {
      for (const timer of line) {
        if (timer.dueMs > this.#nowMs) break;
        due.push({ timer, delayMs });
      }
    }
    due.sort((one, other) => one.timer.order - other.timer.order);
    for (const { timer, delayMs } of due) {
      // An earlier one may have cancelled it.
      if (this.#remove(timer, delayMs)) timer.callback();
    }
    this.#nextDueMs = Number.POSITIVE_INFINITY;
    for (const line of this.#lines.values()) {
      const [first] = line;
      if (first !== undefined) this.#nextDueMs = Math.min(this.#nextDueMs, first.dueMs);
    }
  }

  /** @returns whether it was still to come. */
  #remove(timer: TurnTimer, delayMs: number): boolean {
    const line = this.#lines.get(delayMs);
    if (line?.delete(timer) !== true) return false;
    if (line.size === 0) this.#lines.delete(delayMs);
    return true;
  }
}
