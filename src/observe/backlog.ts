import { Buffer } from "node:buffer";

const NEWLINE = 0x0a;

// Strings are gathered up to this size before they become bytes: one conversion for some hundred lines, and no string
// long enough for that conversion to be felt.
const BATCH_BYTES = 32 * 1024;

// The most that one write is given: what a pipe holds (pipe(7)), and what may be in the hands of a stream at once.
const LONGEST_WRITE_BYTES = 64 * 1024;

/** Whole log lines that are to be written, bounded: what does not fit is left out line by line, never within a line. */
export class Backlog {
  readonly #limitBytes: number;
  readonly #chunks: Buffer[] = [];
  /** Lines after those in `#chunks`. */
  #text = "";
  #textBytes = 0;
  /** Of the first chunk, how much is out. */
  #offset = 0;
  #midLine = false;
  #bytes = 0;
  #acceptedBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** What is not out yet. */
  get bytes(): number {
    return this.#bytes;
  }

  /** All that was ever let in; less `bytes`, what is settled. */
  get acceptedBytes(): number {
    return this.#acceptedBytes;
  }

  /** Whether the last byte that is out was within a line. */
  get midLine(): boolean {
    return this.#midLine;
  }

  /** Lets lines in, as many as fit from the first one on. Returns how many were left out. Bytes are kept, not copied. */
  add(lines: string | Buffer): number {
    const room = this.#limitBytes - this.#bytes;
    if (typeof lines !== "string") return this.#addBytes(lines, room);
    const size = Buffer.byteLength(lines);
    if (size > room) return this.#addBytes(Buffer.from(lines), room);
    this.#text += lines;
    this.#textBytes += size;
    this.#count(size);
    if (this.#textBytes >= BATCH_BYTES) this.#seal();
    return 0;
  }

  /** What is to be written next, ending with a line where that can be; undefined where nothing is left. */
  head(): Buffer | undefined {
    if (this.#chunks.length === 0) this.#seal();
    const chunk = this.#chunks[0];
    if (chunk === undefined || chunk.length - this.#offset <= LONGEST_WRITE_BYTES) return chunk?.subarray(this.#offset);
    const window = chunk.subarray(this.#offset, this.#offset + LONGEST_WRITE_BYTES);
    const end = window.lastIndexOf(NEWLINE) + 1;
    return end === 0 ? window : window.subarray(0, end);
  }

  /** So many bytes of `head()` are out. */
  advance(writtenBytes: number): void {
    const chunk = this.#chunks[0];
    if (chunk === undefined || writtenBytes === 0) return;
    this.#offset += writtenBytes;
    this.#bytes -= writtenBytes;
    this.#midLine = chunk[this.#offset - 1] !== NEWLINE;
    if (this.#offset < chunk.length) return;
    this.#chunks.shift();
    this.#offset = 0;
  }

  /** Forgets the rest of a line that is out in part. Returns how many lines that were: one or none. */
  skipTornLine(): number {
    const chunk = this.#chunks[0];
    if (!this.#midLine || chunk === undefined) return 0;
    this.advance(chunk.indexOf(NEWLINE, this.#offset) + 1 - this.#offset);
    return 1;
  }

  /**
   * Forgets all lines but the rest of one that is out in part: what is out stays whole lines, for whoever reads on.
   * Returns how many it forgot. That rest counts as let in anew, so that nobody waits for it.
   */
  forget(): number {
    this.#seal();
    const rest = Buffer.concat(this.#chunks.splice(0)).subarray(this.#offset);
    const tornBytes = this.#midLine ? rest.indexOf(NEWLINE) + 1 : 0;
    this.#offset = 0;
    this.#bytes = 0;
    if (tornBytes > 0) {
      this.#chunks.push(Buffer.from(rest.subarray(0, tornBytes)));
      this.#count(tornBytes);
    }
    return lineCount(rest.subarray(tornBytes));
  }

  #addBytes(lines: Buffer, room: number): number {
    const size = lines.length <= room ? lines.length : lines.lastIndexOf(NEWLINE, room - 1) + 1;
    if (room > 0 && size > 0) {
      this.#seal();
      this.#chunks.push(lines.subarray(0, size));
      this.#count(size);
      return lineCount(lines.subarray(size));
    }
    return lineCount(lines);
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#acceptedBytes += bytes;
  }

  #seal(): void {
    if (this.#textBytes === 0) return;
    this.#chunks.push(Buffer.from(this.#text));
    this.#text = "";
    this.#textBytes = 0;
  }
}

export function lineCount(lines: string | Buffer): number {
  const bytes = typeof lines === "string" ? Buffer.from(lines) : lines;
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}
