// How many sessions there are, exactly, over all workers.

const PROCESS = 0;
/** Listeners at most. */
export const LISTENERS = 4095;
const BYTES: number = (1 + LISTENERS) * Int32Array.BYTES_PER_ELEMENT;

export class Admission {
  readonly memory: SharedArrayBuffer;
  /** What this thread has added to it, for whoever survives the thread. */
  readonly share: SharedArrayBuffer;
  readonly #active: Int32Array;
  readonly #mine: Int32Array;
  readonly #limit: number;

  /** @param limit sessions at once in the process; nothing is allocated for it. */
  constructor(limit: number, memory?: SharedArrayBuffer, share?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer(BYTES);
    this.share = share ?? createAdmissionShare();
    this.#active = new Int32Array(this.memory);
    this.#mine = new Int32Array(this.share);
    this.#limit = limit;
  }

  /**
   * Counts one session more, unless the process or the listener is full. Who is admitted owes a `leave`.
   * @param listenerLimit sessions at once on the listener.
   */
  enter(listenerSlot: number, listenerLimit: number = Number.POSITIVE_INFINITY): boolean {
    const listener = placeOf(listenerSlot);
    const mine = (this.#mine[PROCESS] ?? 0) + 1;
    const listeners = (this.#mine[listener] ?? 0) + 1;
    if (!this.#count(PROCESS, this.#limit)) return false;
    this.#mine[PROCESS] = mine;
    if (listenerLimit === Number.POSITIVE_INFINITY) Atomics.add(this.#active, listener, 1);
    else if (!this.#count(listener, listenerLimit)) {
      Atomics.sub(this.#active, PROCESS, 1);
      this.#mine[PROCESS] = mine - 1;
      return false;
    }
    this.#mine[listener] = listeners;
    return true;
  }

  leave(listenerSlot: number): void {
    const listener = placeOf(listenerSlot);
    const mine = (this.#mine[PROCESS] ?? 0) - 1;
    const listeners = (this.#mine[listener] ?? 0) - 1;
    Atomics.sub(this.#active, PROCESS, 1);
    this.#mine[PROCESS] = mine;
    Atomics.sub(this.#active, listener, 1);
    this.#mine[listener] = listeners;
  }

  /** Takes out what a thread that has gone had added, and empties its share for a successor. */
  takeBack(share: SharedArrayBuffer): void {
    const gone = new Int32Array(share);
    for (const [place, count] of gone.entries()) Atomics.sub(this.#active, place, count);
    gone.fill(0);
  }

  get isFull(): boolean {
    return this.processActive >= this.#limit;
  }

  /** Whether a listener has no room for another session: of its own, or because the process has none. */
  isFullFor(listenerSlot: number, listenerLimit: number): boolean {
    return (
      this.isFull || (listenerLimit !== Number.POSITIVE_INFINITY && this.listenerActive(listenerSlot) >= listenerLimit)
    );
  }

  /** One more at a place, unless as many as the limit are there. */
  #count(place: number, limit: number): boolean {
    for (;;) {
      const active = Atomics.load(this.#active, place);
      if (active >= limit) return false;
      if (Atomics.compareExchange(this.#active, place, active, active + 1) === active) return true;
    }
  }

  get processActive(): number {
    return Atomics.load(this.#active, PROCESS);
  }

  listenerActive(listenerSlot: number): number {
    return Atomics.load(this.#active, placeOf(listenerSlot));
  }
}

/** Where one thread notes what it adds. */
export function createAdmissionShare(): SharedArrayBuffer {
  return new SharedArrayBuffer(BYTES);
}

/** How many sessions that thread has now. */
export function sessionsIn(share: SharedArrayBuffer): number {
  return new Int32Array(share, 0, 1)[PROCESS] ?? 0;
}

function placeOf(listenerSlot: number): number {
  // Before anything is counted, so that nothing stays counted.
  if (listenerSlot >= LISTENERS) throw new RangeError(`listener ${listenerSlot} of at most ${LISTENERS}`);
  return 1 + listenerSlot;
}
