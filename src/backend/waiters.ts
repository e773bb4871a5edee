// Who waits for a place in a pool, over all workers: one line in shared memory, first come first served.
//
// A free place is not handed over: for each of them the first that sleeps is woken, and takes it by compare-exchange as
// everybody does. Nobody else takes it meanwhile, because newcomers see that somebody waits and queue up, and no more are
// awake than there are places. So no place is ever on its way, and a worker that dies takes none along; and one that wakes
// in vain keeps its place in the line.

import { breakLocks, CONTROL_OWNER, lockOwner, releaseLock, takeLock } from "./lock.ts";

/** Workers at most. */
const WORKERS = 256;

/** `WOKEN`: in its worker's list of those to be tried. `TRYING`: its worker tries. `LEFT`: it has gone, and is in that list still. */
const FREE = 0;
const WAITING = 1;
const WOKEN = 2;
const TRYING = 3;
const LEFT = 4;

// Of the header, in ints. A slot is noted as its number plus one, so that untouched memory is an empty line.
const LOCK = 0;
const FIRST = 1;
const LAST = 2;
const FREE_SLOT = 3;
const USED = 4;
const LENGTH = 5;
const AWAKE = 6;
/** Of the header, in floats. */
const LAST_TICKET = 4;
const LINE = 5;
const HEADER_BYTES = 64;
const NONE = 0;

const INT_FIELDS = 5;

/** Lines that were made in this process, by the control plane. */
let lines = 0;

/** Memory for as many waiters. Untouched pages cost address space only. */
export function createWaiterMemory(capacity: number): SharedArrayBuffer {
  const { BYTES_PER_ELEMENT: intBytes } = Int32Array;
  const { BYTES_PER_ELEMENT: floatBytes } = Float64Array;
  const byteCount = HEADER_BYTES + 2 * WORKERS * intBytes + capacity * (floatBytes + INT_FIELDS * intBytes);
  const memory = new SharedArrayBuffer(byteCount);
  lines++;
  new Float64Array(memory, 0, LINE + 1)[LINE] = lines;
  return memory;
}

/** Whether both are the memory of one line: each message to a thread brings it another object for the same memory. */
export function isSameLine(one: SharedArrayBuffer, other: SharedArrayBuffer): boolean {
  return lineOf(one) === lineOf(other);
}

function lineOf(memory: SharedArrayBuffer): number | undefined {
  return new Float64Array(memory, 0, LINE + 1)[LINE];
}

/** Everybody who waits for one pool. Whoever is given the memory sees the same line. */
export class Waiters {
  readonly memory: SharedArrayBuffer;
  readonly capacity: number;
  readonly #worker: number;
  readonly #owner: number;
  readonly #header: Int32Array;
  readonly #lastTicket: Float64Array;
  /** By worker: those it has to try, the first and the last of a list. */
  readonly #firstWoken: Int32Array;
  readonly #lastWoken: Int32Array;
  /** By slot, here and below: grows along the line. */
  readonly #ticket: Float64Array;
  readonly #state: Int32Array;
  readonly #workerOf: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #nextWoken: Int32Array;

  /** @param worker who uses it; undefined for the control plane. */
  constructor(memory: SharedArrayBuffer, worker: number | undefined) {
    this.memory = memory;
    this.#worker = worker ?? -1;
    this.#owner = worker === undefined ? CONTROL_OWNER : lockOwner(worker);
    const { BYTES_PER_ELEMENT: intBytes } = Int32Array;
    const { BYTES_PER_ELEMENT: floatBytes } = Float64Array;
    const fixedBytes = HEADER_BYTES + 2 * WORKERS * intBytes;
    this.capacity = Math.floor((memory.byteLength - fixedBytes) / (floatBytes + INT_FIELDS * intBytes));
    let offset = fixedBytes + this.capacity * floatBytes;
    const ints = (): Int32Array => {
      const field = new Int32Array(memory, offset, this.capacity);
      offset += field.byteLength;
      return field;
    };
    this.#header = new Int32Array(memory, 0, HEADER_BYTES / intBytes);
    this.#lastTicket = new Float64Array(memory, LAST_TICKET * floatBytes, 1);
    this.#firstWoken = new Int32Array(memory, HEADER_BYTES, WORKERS);
    this.#lastWoken = new Int32Array(memory, HEADER_BYTES + WORKERS * intBytes, WORKERS);
    this.#ticket = new Float64Array(memory, fixedBytes, this.capacity);
    this.#state = ints();
    this.#workerOf = ints();
    this.#next = ints();
    this.#previous = ints();
    this.#nextWoken = ints();
  }

  /** How many wait. */
  get length(): number {
    return Atomics.load(this.#header, LENGTH);
  }

  /** How many of them have been woken and have not taken a place yet. */
  get awake(): number {
    return Atomics.load(this.#header, AWAKE);
  }

  /**
   * Goes to the end of the line.
   * @returns the waiter's slot, which is its own until `leave`; -1 when `limit` wait already.
   */
  enter(limit: number): number {
    if (!this.#lock()) return -1;
    const slot = this.length >= limit ? -1 : this.#takeSlot();
    if (slot >= 0) {
      this.#workerOf[slot] = this.#worker;
      this.#lastTicket[0] = (this.#lastTicket[0] ?? 0) + 1;
      this.#ticket[slot] = this.#lastTicket[0];
      this.#state[slot] = WAITING;
      this.#append(slot);
      this.#addLength(1);
    }
    this.#unlock();
    return slot;
  }

  /**
   * Its own slot: it has a place, or gives up.
   * @returns `woken`: it had been woken and has not tried, so somebody else has to be. `stuck`: it is in the line still, to
   *   be tried again later, because somebody has died with the lock.
   */
  leave(slot: number): "left" | "woken" | "stuck" {
    if (!this.#lock()) return "stuck";
    this.#unlink(slot);
    this.#addLength(-1);
    const wasWoken = this.#state[slot] === WOKEN;
    if (this.#state[slot] !== WAITING) Atomics.sub(this.#header, AWAKE, 1);
    if (wasWoken) this.#state[slot] = LEFT;
    else this.#giveSlot(slot);
    this.#unlock();
    return wasWoken ? "woken" : "left";
  }

  /**
   * Wakes the first that is not awake.
   * @param after only those behind this slot, which is the caller's own.
   * @returns its worker, who is to be told; -1 when there is none.
   */
  wake(after = -1): number {
    if (this.length === 0 || !this.#lock()) return -1;
    let at = after < 0 ? this.#header[FIRST] : this.#next[after];
    while (at !== undefined && at !== NONE && this.#state[at - 1] !== WAITING) at = this.#next[at - 1];
    const slot = (at ?? NONE) - 1;
    const worker = slot < 0 ? -1 : (this.#workerOf[slot] ?? -1);
    if (worker >= 0) {
      this.#state[slot] = WOKEN;
      Atomics.add(this.#header, AWAKE, 1);
      this.#appendWoken(slot, worker);
    }
    this.#unlock();
    return worker;
  }

  /** Of this worker: those that are to be tried, the first first. Each is to `leave` or to wait `again`. */
  takeWoken(): readonly number[] {
    if (Atomics.load(this.#firstWoken, this.#worker) === NONE || !this.#lock()) return NOBODY;
    const woken: number[] = [];
    for (let at = this.#firstWoken[this.#worker] ?? NONE; at !== NONE; ) {
      const slot = at - 1;
      at = this.#nextWoken[slot] ?? NONE;
      if (this.#state[slot] === LEFT) this.#giveSlot(slot);
      else {
        this.#state[slot] = TRYING;
        woken.push(slot);
      }
    }
    this.#firstWoken[this.#worker] = NONE;
    this.#lastWoken[this.#worker] = NONE;
    this.#unlock();
    // One that had tried in vain may have been woken again after those behind it.
    return woken.sort((one, other) => (this.#ticket[one] ?? 0) - (this.#ticket[other] ?? 0));
  }

  /** It was tried in vain. It is where it was in the line. */
  again(slot: number): void {
    // Nobody else touches who is being tried.
    Atomics.store(this.#state, slot, WAITING);
    Atomics.sub(this.#header, AWAKE, 1);
  }

  /** Whether the first in the line is this worker's. */
  get isFirstOwn(): boolean {
    const first = Atomics.load(this.#header, FIRST);
    return first !== NONE && this.#workerOf[first - 1] === this.#worker;
  }

  /** For the control plane, once a worker has gone: takes its waiters out, and mends what it has left half done. */
  settle(gone: number): void {
    breakLocks(this.#header.subarray(LOCK, LOCK + 1), lockOwner(gone));
    if (!this.#lock()) return;
    const slots = Array.from({ length: this.#header[USED] ?? 0 }, (_, slot) => slot);
    for (const slot of slots) if (this.#workerOf[slot] === gone) this.#state[slot] = FREE;
    slots.sort((one, other) => (this.#ticket[one] ?? 0) - (this.#ticket[other] ?? 0));
    for (const place of [FIRST, LAST, FREE_SLOT]) this.#header[place] = NONE;
    this.#firstWoken.fill(NONE);
    this.#lastWoken.fill(NONE);
    let length = 0;
    let awake = 0;
    for (const slot of slots) {
      const state = this.#state[slot] ?? FREE;
      if (state === FREE) {
        this.#giveSlot(slot);
        continue;
      }
      if (state === WOKEN || state === LEFT) this.#appendWoken(slot, this.#workerOf[slot] ?? 0);
      if (state === LEFT) continue;
      this.#append(slot);
      length++;
      if (state !== WAITING) awake++;
    }
    Atomics.store(this.#header, LENGTH, length);
    Atomics.store(this.#header, AWAKE, awake);
    this.#unlock();
  }

  #lock(): boolean {
    return takeLock(this.#header, LOCK, this.#owner);
  }

  #unlock(): void {
    releaseLock(this.#header, LOCK);
  }

  #addLength(change: 1 | -1): void {
    Atomics.add(this.#header, LENGTH, change);
  }

  #takeSlot(): number {
    const free = this.#header[FREE_SLOT] ?? NONE;
    if (free !== NONE) {
      this.#header[FREE_SLOT] = this.#next[free - 1] ?? NONE;
      return free - 1;
    }
    const used = this.#header[USED] ?? 0;
    if (used >= this.capacity) return -1;
    this.#header[USED] = used + 1;
    return used;
  }

  #giveSlot(slot: number): void {
    this.#state[slot] = FREE;
    this.#next[slot] = this.#header[FREE_SLOT] ?? NONE;
    this.#header[FREE_SLOT] = slot + 1;
  }

  #append(slot: number): void {
    const last = this.#header[LAST] ?? NONE;
    this.#next[slot] = NONE;
    this.#previous[slot] = last;
    if (last === NONE) this.#header[FIRST] = slot + 1;
    else this.#next[last - 1] = slot + 1;
    this.#header[LAST] = slot + 1;
  }

  #unlink(slot: number): void {
    const next = this.#next[slot] ?? NONE;
    const previous = this.#previous[slot] ?? NONE;
    if (previous === NONE) this.#header[FIRST] = next;
    else this.#next[previous - 1] = next;
    if (next === NONE) this.#header[LAST] = previous;
    else this.#previous[next - 1] = previous;
  }

  #appendWoken(slot: number, worker: number): void {
    const last = this.#lastWoken[worker] ?? NONE;
    this.#nextWoken[slot] = NONE;
    if (last === NONE) Atomics.store(this.#firstWoken, worker, slot + 1);
    else this.#nextWoken[last - 1] = slot + 1;
    this.#lastWoken[worker] = slot + 1;
  }
}

const NOBODY: readonly number[] = [];
