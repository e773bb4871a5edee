import type { Clock } from "../../src/clock.ts";

/** What a turn of the loop looks after. */
export interface Stepper {
  /**
   * Does what can be done now, and calls back at most for that.
   * @returns whether anything happened.
   */
  step(): boolean;
}

// A step that never comes to rest is a bug of the test; the longest of them take some thousand turns.
const TURNS_AT_MOST = 100_000;

/** The event loop of the transport in memory: nothing happens unless a test lets it. */
export class MemoryLoop {
  readonly clock: Clock;
  readonly #steppers = new Set<Stepper>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  add(stepper: Stepper): void {
    this.#steppers.add(stepper);
  }

  remove(stepper: Stepper): void {
    this.#steppers.delete(stepper);
  }

  has(stepper: Stepper): boolean {
    return this.#steppers.has(stepper);
  }

  count(where: (stepper: Stepper) => boolean): number {
    return Array.from(this.#steppers).filter(where).length;
  }

  /**
   * One step for each that was there when the turn began.
   * @returns whether anything happened.
   */
  turn(): boolean {
    let isBusy = false;
    for (const stepper of Array.from(this.#steppers)) {
      // One of the others may have taken it away in this turn.
      if (this.#steppers.has(stepper) && stepper.step()) isBusy = true;
    }
    return isBusy;
  }

  /** Turns until nothing happens any more. */
  settle(): void {
    for (let turns = 0; turns < TURNS_AT_MOST; turns++) if (!this.turn()) return;
    throw new Error(`something still happens after ${TURNS_AT_MOST} turns`);
  }
}
