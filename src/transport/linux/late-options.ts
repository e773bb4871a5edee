import type { Timer } from "../../clock.ts";
import { LinuxConnection } from "./connection.ts";
import type { Loop } from "./loop.ts";
import { setLiveness } from "./socket-options.ts";

/** Keepalive asks after a second of silence at the earliest. */
const LATE_MS = 1_000;

/**
 * Sets keepalive and the like on dialled sockets, once they are a second or two old: four or five system calls that a
 * short connection never needs. Accepted sockets inherit theirs.
 */
export class LateOptions {
  readonly #loop: Loop;
  /** Slots and generations, not connections: those would outlive their session. */
  #young = new Pairs();
  #older = new Pairs();
  #timer: Timer | undefined;

  constructor(loop: Loop) {
    this.#loop = loop;
  }

  add(slot: number): void {
    this.#young.push(slot, this.#loop.generationOf(slot));
    this.#timer ??= this.#loop.clock.setTimer(() => this.#sweep(), LATE_MS);
  }

  close(): void {
    this.#timer?.cancel();
  }

  #sweep(): void {
    const due = this.#older;
    due.forEach((slot, generation) => {
      const found = this.#loop.watchedAt(slot, generation);
      if (found instanceof LinuxConnection) setLiveness(found.descriptor, found.options);
    });
    due.clear();
    this.#older = this.#young;
    this.#young = due;
    this.#timer = this.#older.isEmpty ? undefined : this.#loop.clock.setTimer(() => this.#sweep(), LATE_MS);
  }
}

/** Numbers in twos, in memory that is used again. */
class Pairs {
  #numbers = new Uint32Array(128);
  #length = 0;

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  push(first: number, second: number): void {
    if (this.#length === this.#numbers.length) {
      const larger = new Uint32Array(2 * this.#length);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.#length] = first;
    this.#numbers[this.#length + 1] = second;
    this.#length += 2;
  }

  forEach(callback: (first: number, second: number) => void): void {
    for (let at = 0; at < this.#length; at += 2) callback(this.#numbers[at] ?? 0, this.#numbers[at + 1] ?? 0);
  }

  clear(): void {
    this.#length = 0;
  }
}
