import type { Timer } from "../../src/clock.ts";
import {
  type CloseCause,
  type Connection,
  type ConnectionHandler,
  HELD_BYTES,
  LINGER_BYTES,
  LINGER_MS,
} from "../../src/transport/transport.ts";
import type { MemoryLoop, Stepper } from "./memory-loop.ts";
import type { Wire } from "./memory-wire.ts";

export interface ConnectionNames {
  readonly remoteAddress: string;
  readonly remoteIp: string;
  readonly localAddress: string;
}

export const CODES = { reset: "ECONNRESET", lost: "ETIMEDOUT" } as const;

/** The transport's end of a connection in memory. Before a relay it holds what comes, up to HELD_BYTES. */
export class MemoryConnection implements Connection, Stepper {
  readonly remoteAddress: string;
  readonly remoteIp: string;
  readonly localAddress: string;
  readonly input: Wire;
  readonly output: Wire;
  /** The other side sent FIN, and everything before it has been read. */
  readEnded = false;
  #isClosed = false;
  readonly #loop: MemoryLoop;
  #handler: ConnectionHandler | undefined;
  #held: Buffer = Buffer.alloc(0);
  /** What `peek` asked for; -1 while nobody asks. */
  #beyondBytes = -1;
  /** Set while it lingers after an answer. */
  #lingering: Timer | undefined;
  /** What may still be discarded before that is enough. */
  #lingerBytes = HELD_BYTES + LINGER_BYTES;

  constructor(names: ConnectionNames, loop: MemoryLoop, input: Wire, output: Wire) {
    this.remoteAddress = names.remoteAddress;
    this.remoteIp = names.remoteIp;
    this.localAddress = names.localAddress;
    this.#loop = loop;
    this.input = input;
    this.output = output;
    loop.add(this);
  }

  /** Whether we have reset it, or noticed that it is over. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  own(handler: ConnectionHandler): void {
    this.#handler = handler;
  }

  peek(beyondBytes: number): void {
    this.#beyondBytes = beyondBytes;
  }

  take(countBytes: number): void {
    this.#held = this.#held.subarray(countBytes);
  }

  write(bytes: Uint8Array): void {
    this.output.send(bytes);
  }

  finish(): void {
    this.output.finish();
  }

  answer(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    this.#beyondBytes = -1;
    this.#lingering = this.#loop.clock.setTimer(() => this.#stopLingering(), LINGER_MS);
    this.write(bytes);
    this.finish();
  }

  reset(): void {
    this.output.break("reset");
    this.input.abandon();
    this.#isClosed = true;
  }

  /** A relay looks after it from now on. @returns what was held. */
  handOver(): Buffer {
    this.#loop.remove(this);
    this.#handler = undefined;
    return this.#held;
  }

  step(): boolean {
    const wasFilled = !this.#isClosed && this.#fill();
    if (this.#lingering !== undefined) this.#discard();
    if (this.#isPeekAnswered()) {
      this.#beyondBytes = -1;
      this.#handler?.onPrefix(this.#held, this.readEnded);
      return true;
    }
    const cause = this.#cause();
    if (cause === undefined) return wasFilled;
    this.#isClosed = true;
    this.#lingering?.cancel();
    this.#loop.remove(this);
    this.#handler?.onConnectionClosed(this, cause, cause === "reset" || cause === "lost" ? CODES[cause] : null);
    return true;
  }

  #fill(): boolean {
    const before = this.#held.length;
    let chunk = this.input.take(HELD_BYTES - before);
    while (chunk !== undefined) {
      this.#held = Buffer.concat([this.#held, chunk]);
      chunk = this.input.take(HELD_BYTES - this.#held.length);
    }
    const ended = !this.readEnded && this.input.end === "finished";
    if (ended) this.readEnded = true;
    return ended || this.#held.length > before;
  }

  #discard(): void {
    this.#lingerBytes -= this.#held.length;
    this.#held = Buffer.alloc(0);
    if (this.#lingerBytes <= 0) this.#stopLingering();
  }

  /** A close with bytes unread is a RST, and so is one with bytes unsent: what was cut must not look complete. */
  #stopLingering(): void {
    if (!this.input.isEmpty || !this.output.isFinSent) this.output.break("reset");
    this.input.abandon();
    this.#isClosed = true;
  }

  #isPeekAnswered(): boolean {
    if (this.#isClosed || this.#beyondBytes < 0) return false;
    return this.#held.length > this.#beyondBytes || this.readEnded;
  }

  #cause(): CloseCause | undefined {
    if (this.#isClosed) return "closed";
    const { end } = this.input;
    if (end === "reset" || end === "lost") return end;
    return this.readEnded && this.output.isFinSent ? "finished" : undefined;
  }
}
