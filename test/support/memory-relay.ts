import type { Timer } from "../../src/clock.ts";
import {
  BYTES_PER_TURN,
  FLUSH_BEFORE_RESET_MS,
  type Gate,
  type Relay,
  type RelayHandler,
  type Side,
} from "../../src/transport/transport.ts";
import { CODES, type MemoryConnection } from "./memory-connection.ts";
import type { MemoryLoop, Stepper } from "./memory-loop.ts";
import type { WireBreak } from "./memory-wire.ts";

const CHUNK_BYTES = 64 * 1024;

/** Two connections in memory joined. */
export class MemoryRelay implements Relay, Stepper {
  bytesUp = 0;
  bytesDown = 0;
  firstByteAtMs: number = Number.NaN;
  lastActivityAtMs: number;
  finishedFirst: Side | undefined;
  failedSide: Side | undefined;
  failure: WireBreak | undefined;
  failureCode: string | null = null;
  readonly #connections: Readonly<Record<Side, MemoryConnection>>;
  readonly #loop: MemoryLoop;
  readonly #handler: RelayHandler;
  /** To be asked about all that the client sends; undefined once it has decided, and where there is none. */
  #gate: Gate | undefined;
  /** The gate lets nothing through any more. */
  #isShut = false;
  /** Whose FIN has been passed on. */
  readonly #finished: Record<Side, boolean> = { client: false, backend: false };
  readonly #over: Record<Side, boolean> = { client: false, backend: false };
  #isAborted = false;
  #flushing: Timer | undefined;

  constructor(
    connections: Readonly<Record<Side, MemoryConnection>>,
    loop: MemoryLoop,
    handler: RelayHandler,
    gate?: Gate,
  ) {
    this.#connections = connections;
    this.#loop = loop;
    this.#handler = handler;
    if (gate?.isOpen === false) this.#gate = gate;
    this.lastActivityAtMs = loop.clock.nowMs();
    for (const side of ["client", "backend"] as const) {
      this.#pass(side, connections[side].handOver());
      if (connections[side].readEnded) this.finishedFirst ??= side;
    }
    loop.add(this);
  }

  abort(): void {
    this.#isAborted = true;
    this.#flushing?.cancel();
    for (const connection of Object.values(this.#connections)) if (!connection.isClosed) connection.reset();
  }

  step(): boolean {
    const movedUp = this.#move("client");
    const movedDown = this.#move("backend");
    if (this.failedSide !== undefined) this.#resetOther(this.failedSide);
    if (!this.#isOver("client") || !this.#isOver("backend")) return movedUp || movedDown;
    this.#flushing?.cancel();
    this.#loop.remove(this);
    this.#handler.onRelayEnded(this);
    return true;
  }

  /** Moves what `side` has sent, and then how it ended. */
  #move(side: Side): boolean {
    const from = this.#connections[side];
    const to = this.#connections[otherSide(side)];
    if (from.isClosed || this.#over[side] || this.failure !== undefined) return false;
    let budget = BYTES_PER_TURN;
    while (budget > 0 && (to.output.unsentCount === 0 || (this.#isShut && side === "client"))) {
      const chunk = from.input.take(Math.min(CHUNK_BYTES, budget));
      if (chunk === undefined) break;
      budget -= chunk.length;
      this.#pass(side, chunk);
    }
    return this.#passEnd(side) || budget < BYTES_PER_TURN;
  }

  #pass(side: Side, chunk: Uint8Array): void {
    const passed = side === "client" ? this.#ask(chunk) : chunk;
    if (passed.length === 0) return;
    this.#count(side, passed.length);
    this.#connections[otherSide(side)].write(passed);
  }

  /** @returns what the gate lets through. */
  #ask(chunk: Uint8Array): Uint8Array {
    if (this.#isShut) return chunk.subarray(0, 0);
    if (this.#gate === undefined || chunk.length === 0) return chunk;
    const passed = this.#gate.pass(chunk);
    this.#isShut = passed < chunk.length;
    if (this.#isShut || this.#gate.isOpen) this.#gate = undefined;
    return chunk.subarray(0, passed);
  }

  #count(side: Side, byteCount: number): void {
    this.lastActivityAtMs = this.#loop.clock.nowMs();
    if (side === "client") this.bytesUp += byteCount;
    else {
      if (this.bytesDown === 0) this.firstByteAtMs = this.lastActivityAtMs;
      this.bytesDown += byteCount;
    }
  }

  #passEnd(side: Side): boolean {
    const from = this.#connections[side];
    const { end } = from.input;
    if (end === undefined) return false;
    if (end !== "finished") {
      this.#fail(side, end);
      return true;
    }
    if (this.#finished[side]) return false;
    this.#finished[side] = true;
    this.#connections[otherSide(side)].finish();
    const cameBefore = from.readEnded;
    from.readEnded = true;
    if (cameBefore) return true;
    this.finishedFirst ??= side;
    this.lastActivityAtMs = this.#loop.clock.nowMs();
    if (!this.#connections[otherSide(side)].readEnded) this.#handler.onHalfClosed(this);
    return true;
  }

  #fail(side: Side, failure: WireBreak): void {
    this.failure = failure;
    this.failureCode = CODES[failure];
    this.failedSide = side;
    this.#connections[side].reset();
    this.#flushing = this.#loop.clock.setTimer(() => this.#connections[otherSide(side)].reset(), FLUSH_BEFORE_RESET_MS);
  }

  /** Once the other side's system has taken what came before the failure. */
  #resetOther(failedSide: Side): void {
    const other = this.#connections[otherSide(failedSide)];
    if (!other.isClosed && other.output.unsentCount === 0) other.reset();
  }

  #isOver(side: Side): boolean {
    const { isClosed, readEnded, output } = this.#connections[side];
    // Whoever was over once stays it: a RST after both FINs changes nothing.
    if (isClosed || (readEnded && output.isFinSent)) this.#over[side] = true;
    return this.#over[side] || this.#isAborted;
  }
}

function otherSide(side: Side): Side {
  return side === "client" ? "backend" : "client";
}
