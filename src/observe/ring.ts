import { Buffer } from "node:buffer";

// Positions count bytes since the start, modulo 2^32, so that full and empty differ; each has one writer. They stand in
// cache lines of their own: the two ends run on different cores.
const TAKEN_INDEX = 0;
const PUT_INDEX = 16;
const DROPPED_OFFSET = 128;
const TOLD_OFFSET = 192;
const LINES_OFFSET = 256;

// About 2,000 access lines: at 20,000 sessions a second the control plane may be late by 100 ms without a loss.
const DEFAULT_CAPACITY_BYTES = 2 ** 20;
const LARGEST_CAPACITY_BYTES = 2 ** 30;

/** Memory for one ring. The capacity is a power of two; the longest line that fits is as long as it. */
export function createRingMemory(capacityBytes: number = DEFAULT_CAPACITY_BYTES): SharedArrayBuffer {
  if (!isCapacity(capacityBytes)) throw new RangeError(`ring of ${capacityBytes} bytes: expected a power of two`);
  return new SharedArrayBuffer(LINES_OFFSET + capacityBytes);
}

function isCapacity(bytes: number): boolean {
  return bytes >= 1 && bytes <= LARGEST_CAPACITY_BYTES && Number.isInteger(Math.log2(bytes));
}

/**
 * A bounded ring of finished log lines between one thread that puts and one that takes. Both construct it over the same
 * memory (`createRingMemory`); a producer that takes over after another has died continues where that one stopped.
 *
 * Lines lie end to end as UTF-8: their own newlines separate them, so a batch is read with one copy, or two where it wraps.
 */
export class LogRing {
  readonly memory: SharedArrayBuffer;
  readonly #positions: Int32Array;
  readonly #dropped: Float64Array;
  /** 1 from when the consumer was told that there are lines until it says that it is idle. */
  readonly #told: Int32Array;
  readonly #lines: Buffer;
  readonly #capacityBytes: number;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#positions = new Int32Array(memory, 0, DROPPED_OFFSET / 4);
    this.#dropped = new Float64Array(memory, DROPPED_OFFSET, 1);
    this.#told = new Int32Array(memory, TOLD_OFFSET, 1);
    this.#lines = Buffer.from(memory, LINES_OFFSET);
    this.#capacityBytes = this.#lines.length;
  }

  /** Lines that did not fit, since the ring was made. Written by the producer only. */
  get droppedCount(): number {
    return this.#dropped[0] ?? 0;
  }

  /** Producer only. `line` ends in a newline. False, and counted, where it does not fit; it never waits. */
  put(line: string): boolean {
    const put = Atomics.load(this.#positions, PUT_INDEX);
    const free = this.#capacityBytes - ((put - Atomics.load(this.#positions, TAKEN_INDEX)) >>> 0);
    const at = put & (this.#capacityBytes - 1);
    // A UTF-16 unit takes at most 3 bytes: mostly that fits, and the exact size need not be counted first.
    if (line.length * 3 <= Math.min(free, this.#capacityBytes - at)) {
      this.#publish(put + this.#lines.write(line, at));
      return true;
    }
    if (line.length > free || Buffer.byteLength(line) > free) {
      this.#dropped[0] = this.droppedCount + 1;
      return false;
    }
    const bytes = Buffer.from(line);
    const copied = bytes.copy(this.#lines, at);
    bytes.copy(this.#lines, 0, copied);
    this.#publish(put + bytes.length);
    return true;
  }

  /**
   * Producer only, after `put`: whether the consumer is to be told that there are lines. Once, until it is idle again, so
   * that neither one message a line is needed nor anybody who looks all the time.
   */
  claimTelling(): boolean {
    return Atomics.load(this.#told, 0) === 0 && Atomics.exchange(this.#told, 0, 1) === 0;
  }

  /** Consumer only: it wants to be told of the next line. What came before is to be taken after this, not before. */
  idle(): void {
    Atomics.store(this.#told, 0, 0);
  }

  /** Consumer only. Every line there is, as bytes of the caller's own; undefined where there is none. */
  take(): Buffer | undefined {
    const taken = Atomics.load(this.#positions, TAKEN_INDEX);
    const put = Atomics.load(this.#positions, PUT_INDEX);
    const size = (put - taken) >>> 0;
    if (size === 0) return undefined;
    const batch = Buffer.allocUnsafe(size);
    const at = taken & (this.#capacityBytes - 1);
    const copied = this.#lines.copy(batch, 0, at, at + size);
    this.#lines.copy(batch, copied, 0, size - copied);
    Atomics.store(this.#positions, TAKEN_INDEX, put);
    return batch;
  }

  /** The store orders the bytes before it: who sees the position sees the line. */
  #publish(put: number): void {
    Atomics.store(this.#positions, PUT_INDEX, put | 0);
  }
}
