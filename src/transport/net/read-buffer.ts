/** What libuv reads at once where Node brings the memory; so much is read at once here too, at most. */
export const READ_BYTES: number = 64 * 1024;

const SHARED_BYTES = 16 * 1024;
// Read and copied from within one callback, by one socket at a time.
const SHARED: Buffer = Buffer.allocUnsafeSlow(SHARED_BYTES);

/**
 * The memory that a dialled socket is read to (`onread`). Without it Node makes a new ArrayBuffer for each read, and V8
 * collects all garbage after every 32 MiB of them: a third of the cost of a bulk stream. A memory for each socket would
 * cost too much when thousands are idle. So small reads share one and are copied; a socket that fills it gets one of its
 * own, whose content is written from where it is, until little comes again.
 */
export class ReadBuffer {
  #memory: Buffer = SHARED;

  /** Where the next read goes. */
  get memory(): Buffer {
    return this.#memory;
  }

  /** What has just been read. It holds until the next read. */
  take(countBytes: number): Buffer {
    if (this.#memory !== SHARED) return this.#memory.subarray(0, countBytes);
    const copy = Buffer.allocUnsafe(countBytes);
    SHARED.copy(copy, 0, 0, countBytes);
    return copy;
  }

  /** Chooses the next memory by how much came. To be called when nobody needs what was taken any more. */
  fit(countBytes: number): void {
    if (countBytes < SHARED_BYTES) this.#memory = SHARED;
    else if (this.#memory === SHARED) this.#memory = Buffer.allocUnsafeSlow(READ_BYTES);
  }
}
