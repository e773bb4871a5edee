const EMPTY: Buffer = Buffer.alloc(0);
const LEAST_BYTES = 512;

/**
 * What has been received and belongs to nobody yet. In one piece, whatever it came in: a client that sends a byte at a
 * time must not cost an object for each.
 */
export class HeldBytes {
  #memory: Buffer = EMPTY;
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  /** The chunk belongs to this from now on. */
  push(chunk: Buffer): void {
    if (this.length === 0) {
      this.#memory = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      return;
    }
    if (this.#memory.length - this.#end < chunk.length) this.#grow(chunk.length);
    this.#end += chunk.copy(this.#memory, this.#end);
  }

  /** All of it, which stays here. */
  whole(): Buffer {
    return this.#memory.subarray(this.#start, this.#end);
  }

  /** Drops the first `countBytes`. */
  drop(countBytes: number): void {
    this.#start = Math.min(this.#start + countBytes, this.#end);
    if (this.length === 0) this.#clear();
  }

  /** Gives all of it away. */
  release(): Buffer {
    const whole = this.whole();
    this.#clear();
    return whole;
  }

  /** At least doubles, so that every byte is copied a few times at most. */
  #grow(byBytes: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(2 * this.length, this.length + byBytes, LEAST_BYTES));
    this.#end = this.#memory.copy(grown, 0, this.#start, this.#end);
    this.#start = 0;
    this.#memory = grown;
  }

  #clear(): void {
    this.#memory = EMPTY;
    this.#start = 0;
    this.#end = 0;
  }
}
