// Reading on after our last word, although nobody wants what comes: a close with bytes unread would be a RST, and destroy
// what we have just sent.

import type { Timer } from "../../clock.ts";
import { HELD_BYTES, LINGER_BYTES, LINGER_MS } from "../transport.ts";
import { EAGAIN } from "./constants.ts";
import { BUFFER_BYTES, type Loop } from "./loop.ts";

/** What follows on what was discarded. `failed`: errno says how. `enough`: more than need be discarded. */
export type Leftover = "nothing" | "fin" | "failed" | "enough";

export class Lingering {
  /** Whether it reads as bytes come. Otherwise FIN is waited for, and then what came before it is finite. */
  readonly isEager: boolean;
  readonly #loop: Loop;
  readonly #timer: Timer | undefined;
  #leftBytes = Number.POSITIVE_INFINITY;

  /** @param onLate for one that reads as bytes come, but not for ever: told when the other side has had its time. */
  constructor(loop: Loop, onLate?: () => void) {
    this.#loop = loop;
    this.isEager = onLate !== undefined;
    if (onLate === undefined) return;
    this.#leftBytes = HELD_BYTES + LINGER_BYTES;
    this.#timer = loop.clock.setTimer(onLate, LINGER_MS);
  }

  discard(descriptor: number): Leftover {
    const { calls, scratch } = this.#loop;
    while (this.#leftBytes > 0) {
      const got = calls.recv(descriptor, scratch.address, BUFFER_BYTES, 0);
      if (got === 0) return "fin";
      if (got < 0) return calls.errno() === EAGAIN ? "nothing" : "failed";
      this.#leftBytes -= got;
    }
    return "enough";
  }

  cancel(): void {
    this.#timer?.cancel();
  }
}
