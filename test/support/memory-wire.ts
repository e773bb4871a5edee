/** What both sockets hold of one direction. */
export const WIRE_BYTES: number = 64 * 1024;

export type WireBreak = "reset" | "lost";
export type WireEnd = "finished" | WireBreak;

/**
 * One direction of a connection: what was sent and not read yet, and then how it ended. The first WIRE_BYTES are on
 * their way; what is behind them has not left the sender.
 */
export class Wire {
  #chunks: Buffer[] = [];
  #byteCount = 0;
  #takenCount = 0;
  #isFinished = false;
  #broken: WireBreak | undefined;
  #isAbandoned = false;

  /** Whether everything that was sent has been read. */
  get isEmpty(): boolean {
    return this.#byteCount === 0;
  }

  /** The sender's own: it would have to wait with more. */
  get unsentCount(): number {
    return Math.max(0, this.#byteCount - WIRE_BYTES);
  }

  /** Bytes that have left the sender, whoever has them now. */
  get sentCount(): number {
    return this.#takenCount + this.#byteCount - this.unsentCount;
  }

  /** Whether the FIN has left the sender. */
  get isFinSent(): boolean {
    return this.#isFinished && this.unsentCount === 0;
  }

  /** How it ended, once everything has been read. A break hides a FIN: the stream was cut. */
  get end(): WireEnd | undefined {
    if (this.#byteCount > 0) return undefined;
    return this.#broken ?? (this.#isFinished ? "finished" : undefined);
  }

  send(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#isFinished || this.#broken !== undefined || this.#isAbandoned) return;
    this.#chunks.push(Buffer.from(bytes));
    this.#byteCount += bytes.length;
  }

  finish(): void {
    this.#isFinished = true;
  }

  /** The sender breaks it: what has not left it is gone, what is on its way arrives. */
  break(how: WireBreak): void {
    if (this.#broken !== undefined) return;
    const arriving = Buffer.concat(this.#chunks).subarray(0, WIRE_BYTES);
    this.#broken = how;
    this.#chunks = arriving.length === 0 ? [] : [arriving];
    this.#byteCount = arriving.length;
  }

  /** The reader is gone: whatever was sent and will be sent vanishes. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#takenCount += this.#byteCount;
    this.#chunks = [];
    this.#byteCount = 0;
  }

  /** @returns the next bytes, at most `mostBytes`; undefined while there are none. */
  take(mostBytes: number): Buffer | undefined {
    const [first] = this.#chunks;
    if (first === undefined || mostBytes === 0) return undefined;
    const taken = first.subarray(0, mostBytes);
    if (taken.length === first.length) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(taken.length);
    this.#byteCount -= taken.length;
    this.#takenCount += taken.length;
    return taken;
  }
}
