// One coarse timer wheel for all sessions of a data plane (Varghese and Lauck, SOSP 1987, scheme 6): arming and
// disarming are a few assignments, and a session that is active needs neither, because it looks at its own clock when
// it is due.

/** Resolution: what is due runs up to this much later. */
export const TICK_MS = 100;
const SLOTS = 1024;

/** What a wheel arms. The links belong to the wheel. */
export interface WheelEntry {
  wheelNext: WheelEntry | undefined;
  wheelPrevious: WheelEntry | undefined;
  /** The slot it waits in; -1 while it is not armed. */
  wheelSlot: number;
  wheelDueMs: number;
  /** Its time has come. It is disarmed, and may arm itself again. */
  onDue(nowMs: number): void;
}

export class Wheel {
  readonly #slots: (WheelEntry | undefined)[] = Array.from({ length: SLOTS }, () => undefined);
  /** The tick up to which everything due has run. */
  #tick: number;
  #armed = 0;

  constructor(nowMs: number) {
    this.#tick = Math.floor(nowMs / TICK_MS);
  }

  /** How many entries wait. */
  get size(): number {
    return this.#armed;
  }

  /** Arms an entry, or arms it anew. `Infinity` disarms. */
  arm(entry: WheelEntry, dueMs: number): void {
    this.disarm(entry);
    if (dueMs === Number.POSITIVE_INFINITY) return;
    entry.wheelDueMs = dueMs;
    const dueTick = Math.max(Math.ceil(dueMs / TICK_MS), this.#tick + 1);
    // Farther than one round: it looks in after a round and is put back.
    this.#link(entry, Math.min(dueTick, this.#tick + SLOTS - 1) % SLOTS);
  }

  disarm(entry: WheelEntry): void {
    const slot = entry.wheelSlot;
    if (slot < 0) return;
    const { wheelNext: next, wheelPrevious: previous } = entry;
    if (previous === undefined) this.#slots[slot] = next;
    else previous.wheelNext = next;
    if (next !== undefined) next.wheelPrevious = previous;
    entry.wheelNext = undefined;
    entry.wheelPrevious = undefined;
    entry.wheelSlot = -1;
    this.#armed--;
  }

  /** Runs what is due. After a stop of more than a round each slot is still visited once only. */
  advance(nowMs: number): void {
    const target = Math.floor(nowMs / TICK_MS);
    const first = Math.max(this.#tick + 1, target - SLOTS + 1);
    for (let tick = first; tick <= target; tick++) {
      this.#tick = tick;
      this.#runSlot(tick % SLOTS, nowMs);
    }
  }

  #runSlot(slot: number, nowMs: number): void {
    // What an entry arms while it runs goes to a later slot, so this ends.
    for (let entry = this.#slots[slot]; entry !== undefined; entry = this.#slots[slot]) {
      this.disarm(entry);
      if (Math.ceil(entry.wheelDueMs / TICK_MS) <= Math.floor(nowMs / TICK_MS)) entry.onDue(nowMs);
      else this.arm(entry, entry.wheelDueMs);
    }
  }

  #link(entry: WheelEntry, slot: number): void {
    const head = this.#slots[slot];
    entry.wheelNext = head;
    entry.wheelPrevious = undefined;
    entry.wheelSlot = slot;
    if (head !== undefined) head.wheelPrevious = entry;
    this.#slots[slot] = entry;
    this.#armed++;
  }
}
