import type { Clock, Timer } from "../clock.ts";
import type { LogRing } from "../observe/ring.ts";
import type { Sink } from "../observe/sink.ts";

/** How often the ring of a busy worker is emptied: at 20,000 sessions a second, 200 lines at a time. */
const INTERVAL_MS = 10;

/** Takes lines out of one ring and hands them to the writer of the log. */
export class RingDrain {
  readonly #ring: LogRing;
  readonly #sink: Pick<Sink, "write" | "addDropped">;
  readonly #clock: Clock;
  #dropped = 0;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(ring: LogRing, sink: Pick<Sink, "write" | "addDropped">, clock: Clock) {
    this.#ring = ring;
    this.#sink = sink;
    this.#clock = clock;
  }

  /** The other end says that there are lines. It says no more until the ring has been found empty. */
  told(): void {
    if (this.#timer === undefined && !this.#isClosed) this.#look();
  }

  /** Takes what is there now. @returns whether that was anything. */
  drain(): boolean {
    const batch = this.#ring.take();
    const { droppedCount } = this.#ring;
    this.#sink.addDropped(droppedCount - this.#dropped);
    this.#dropped = droppedCount;
    if (batch !== undefined) this.#sink.write(batch);
    return batch !== undefined;
  }

  /** Looks no more. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #look(): void {
    this.#timer = undefined;
    if (!this.drain()) {
      this.#ring.idle();
      // What came in between was told to nobody.
      if (!this.drain()) return;
    }
    this.#timer = this.#clock.setTimer(() => this.#look(), INTERVAL_MS);
  }
}
