// The bytes of a session: those of no other. Pure.

/** Small, since most sessions are; large enough that bulk is compared by memcmp and not by us. */
const CHUNK_BYTES = 2 * 1024;
const WORD_BYTES = 4;
const DOWN_SALT = 0x5bd1e995;

/** Directions of one session have streams of their own. */
export type Direction = "up" | "down";

/**
 * An endless stream that follows from a seed: xorshift32 (Marsaglia, "Xorshift RNGs", 2003). One who expects it sees at the
 * first words whether it is another session's, or the right one in the wrong place.
 */
export class SeededStream {
  readonly #words = new Uint32Array(CHUNK_BYTES / WORD_BYTES);
  readonly #chunk: Buffer = Buffer.from(this.#words.buffer);
  #state: number;
  /** In the chunk, of what comes next. */
  #offset: number = CHUNK_BYTES;
  #position = 0;

  constructor(seed: number, direction: Direction) {
    // Spread by Knuth's multiplier, so that neighbouring seeds have nothing in common; zero would stay zero.
    const salted = Math.imul(seed ^ (direction === "up" ? 0 : DOWN_SALT), 0x9e3779b1);
    this.#state = salted === 0 ? 1 : salted;
  }

  /** Bytes taken or compared so far. */
  get position(): number {
    return this.#position;
  }

  /** The next bytes, in memory of their own. */
  take(size: number): Buffer {
    const bytes = Buffer.allocUnsafe(size);
    for (let at = 0; at < size; ) {
      this.#refill();
      const copied = this.#chunk.copy(bytes, at, this.#offset, this.#offset + size - at);
      at += copied;
      this.#advance(copied);
    }
    return bytes;
  }

  /** Whether the next bytes are these. */
  matches(bytes: Buffer): boolean {
    for (let at = 0; at < bytes.length; ) {
      this.#refill();
      const size = Math.min(bytes.length - at, CHUNK_BYTES - this.#offset);
      if (this.#chunk.compare(bytes, at, at + size, this.#offset, this.#offset + size) !== 0) return false;
      at += size;
      this.#advance(size);
    }
    return true;
  }

  #advance(size: number): void {
    this.#offset += size;
    this.#position += size;
  }

  #refill(): void {
    if (this.#offset < CHUNK_BYTES) return;
    let state = this.#state;
    for (let index = 0; index < this.#words.length; index++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      this.#words[index] = state;
    }
    this.#state = state;
    this.#offset = 0;
  }
}
