import type { SystemCalls } from "./system-calls.ts";

/** Bytes that a socket's kernel would not take yet, in order. */
export class Unsent {
  readonly #chunks: Uint8Array[];
  #offset = 0;

  /** Keeps `bytes`: they are its own from now on. */
  constructor(bytes: Uint8Array) {
    this.#chunks = [bytes];
  }

  push(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
  }

  /**
   * Offers all of it.
   * @param send gives how many bytes were taken, below 0 where the socket takes no more.
   * @returns `all` when nothing is left, `some` when the kernel is full, `failed`.
   */
  offer(calls: Pick<SystemCalls, "addressOf">, send: (address: number, length: number) => number): UnsentResult {
    for (;;) {
      const [chunk] = this.#chunks;
      if (chunk === undefined) return "all";
      const left = chunk.length - this.#offset;
      const took = send(calls.addressOf(chunk) + this.#offset, left);
      if (took < 0) return "failed";
      if (took < left) {
        this.#offset += took;
        return "some";
      }
      this.#chunks.shift();
      this.#offset = 0;
    }
  }
}

export type UnsentResult = "all" | "some" | "failed";
