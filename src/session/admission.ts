// How many sessions there are, exactly, over all workers.

const PROCESS = 0;
/** Listeners at most. */
const LISTENERS = 1023;

export class Admission {
  readonly memory: SharedArrayBuffer;
  readonly #active: Int32Array;
  readonly #limit: number;

  /** @param limit sessions at once in the process; nothing is allocated for it. */
  constructor(limit: number, memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer((1 + LISTENERS) * Int32Array.BYTES_PER_ELEMENT);
    this.#active = new Int32Array(this.memory);
    this.#limit = limit;
  }

  /** Counts one session more, unless the process is full. Who is admitted owes a `leave`. */
  enter(listenerSlot: number): boolean {
    const listener = placeOf(listenerSlot);
    for (;;) {
      const active = Atomics.load(this.#active, PROCESS);
      if (active >= this.#limit) return false;
      if (Atomics.compareExchange(this.#active, PROCESS, active, active + 1) === active) break;
    }
    Atomics.add(this.#active, listener, 1);
    return true;
  }

  leave(listenerSlot: number): void {
    Atomics.sub(this.#active, PROCESS, 1);
    Atomics.sub(this.#active, placeOf(listenerSlot), 1);
  }

  get isFull(): boolean {
    return this.processActive >= this.#limit;
  }

  get processActive(): number {
    return Atomics.load(this.#active, PROCESS);
  }

  listenerActive(listenerSlot: number): number {
    return Atomics.load(this.#active, placeOf(listenerSlot));
  }
}

function placeOf(listenerSlot: number): number {
  // Before anything is counted, so that nothing stays counted.
  if (listenerSlot >= LISTENERS) throw new RangeError(`listener ${listenerSlot} of at most ${LISTENERS}`);
  return 1 + listenerSlot;
}
