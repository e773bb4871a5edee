// Which descriptors a worker has open, in shared memory: they outlive a thread that dies, so somebody else must know them.

import { closeAbruptly } from "./socket-options.ts";

/** Written by one worker's transport; read by the control plane when the worker has gone. */
export class DescriptorTable {
  readonly memory: SharedArrayBuffer;
  /** A descriptor and one, so that untouched memory means none. */
  readonly #entries: Int32Array;

  /** @param places descriptors at most: what stands beyond is not known to anybody else. */
  constructor(places: number, memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer(places * Int32Array.BYTES_PER_ELEMENT);
    this.#entries = new Int32Array(this.memory);
  }

  set(place: number, descriptor: number): void {
    this.#entries[place] = descriptor + 1;
  }

  /** To be called before the descriptor is closed: after it, its number may be somebody else's. */
  clear(place: number): void {
    this.#entries[place] = 0;
  }

  /**
   * Resets and closes all that is still there. Only once its worker has gone.
   * @returns how many.
   */
  closeAll(): number {
    let count = 0;
    for (const [place, entry] of this.#entries.entries()) {
      if (entry === 0) continue;
      this.clear(place);
      closeAbruptly(entry - 1);
      count++;
    }
    return count;
  }
}
