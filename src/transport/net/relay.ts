// Copying both ways between two node:net sockets, by hand: `pipe` keeps more memory and says less.

import type { Clock, Timer } from "../../clock.ts";
import { FLUSH_BEFORE_RESET_MS, type Gate, type Relay, type RelayHandler, type Side } from "../transport.ts";
import type { NetConnection } from "./connection.ts";

export class NetRelay implements Relay {
  bytesUp = 0;
  bytesDown = 0;
  firstByteAtMs: number = Number.NaN;
  lastActivityAtMs: number;
  finishedFirst: Side | undefined;
  failedSide: Side | undefined;
  failure: "reset" | "lost" | undefined;
  failureCode: string | null = null;
  readonly #client: NetConnection;
  readonly #backend: NetConnection;
  readonly #clock: Clock;
  readonly #handler: RelayHandler;
  /** To be asked about all that the client sends; undefined once it has decided, and where there is none. */
  #gate: Gate | undefined;
  /** The gate lets nothing through any more: what the client sends is discarded. */
  #isShut = false;
  #openConnections = 2;
  #isAborted = false;
  #flushing: Timer | undefined;

  constructor(
    client: NetConnection,
    backend: NetConnection,
    clock: Clock,
    handler: RelayHandler,
    gate: Gate | undefined,
  ) {
    this.#client = client;
    this.#backend = backend;
    this.#clock = clock;
    this.#handler = handler;
    if (gate?.isOpen === false) this.#gate = gate;
    this.lastActivityAtMs = clock.nowMs();
    // What fails from here on is for the relay to deal with, on both sides.
    const [up, down] = [client.handOver(this), backend.handOver(this)];
    this.#begin(client, up);
    this.#begin(backend, down);
  }

  abort(): void {
    this.#isAborted = true;
    this.#resetBoth();
  }

  /** @returns whether to go on reading `from`. */
  received(from: NetConnection, chunk: Buffer): boolean {
    if (from !== this.#client || (this.#gate === undefined && !this.#isShut)) return this.#pass(from, chunk);
    const passed = this.#gate === undefined ? 0 : this.#ask(this.#gate, chunk);
    if (passed > 0) this.#pass(from, chunk.subarray(0, passed));
    return this.isTaken(from) && !this.#backend.isLost();
  }

  /** @returns how much of it goes on. */
  #ask(gate: Gate, chunk: Buffer): number {
    const passed = gate.pass(chunk);
    this.#isShut = passed < chunk.length;
    if (this.#isShut || gate.isOpen) this.#gate = undefined;
    return passed;
  }

  #pass(from: NetConnection, chunk: Buffer): boolean {
    const now = this.#clock.nowMs();
    this.lastActivityAtMs = now;
    if (from === this.#client) this.bytesUp += chunk.length;
    else {
      if (this.bytesDown === 0) this.firstByteAtMs = now;
      this.bytesDown += chunk.length;
    }
    const to = this.#peerOf(from);
    if (to.isLost()) return false;
    to.socket.write(chunk);
    return this.isTaken(from) && !to.isLost();
  }

  /** Whether the kernel has taken all that came from that side, or nobody waits. Node has tried to write at once. */
  isTaken(from: NetConnection): boolean {
    if (this.#isShut && from === this.#client) return true;
    return this.#peerOf(from).socket.writableLength === 0;
  }

  /** That side has sent FIN. */
  ended(from: NetConnection): void {
    if (this.failure !== undefined) return;
    this.lastActivityAtMs = this.#clock.nowMs();
    this.#passFinish(from);
    if (!this.#peerOf(from).readEnded) this.#handler.onHalfClosed(this);
  }

  /** What was written to that side has been taken. */
  drained(to: NetConnection): void {
    // A slow reader is not idle.
    this.lastActivityAtMs = this.#clock.nowMs();
    const from = this.#peerOf(to);
    if (this.failure !== undefined && from.socket.destroyed) to.reset();
    else this.resumeReading(from);
  }

  resumeReading(from: NetConnection): void {
    if (!from.readEnded && this.isTaken(from) && !this.#peerOf(from).isLost()) from.startReading();
  }

  /** That side takes no more, and what it has sent before is still to be read. */
  writeFailed(side: NetConnection): void {
    this.#fail(side);
    this.#limitFlush();
    if (side.readEnded) side.socket.destroy();
    else this.resumeReading(side);
  }

  closed(side: NetConnection): void {
    if (!side.isFinished()) this.#fail(side);
    this.#openConnections--;
    const other = this.#peerOf(side);
    if (this.#openConnections === 0) {
      this.#flushing?.cancel();
      this.#handler.onRelayEnded(this);
    } else if (this.failure !== undefined) {
      if (other.socket.writableLength === 0) other.reset();
      else this.#limitFlush();
    }
  }

  #begin(from: NetConnection, held: Buffer): void {
    if (held.length > 0) this.received(from, held);
    if (from.readEnded) this.#passFinish(from);
    else this.resumeReading(from);
  }

  #passFinish(from: NetConnection): void {
    this.finishedFirst ??= this.#sideOf(from);
    this.#peerOf(from).finish();
  }

  /** The first failure is what the relay failed of; an abort is none. */
  #fail(side: NetConnection): void {
    if (this.failure !== undefined || this.#isAborted) return;
    this.failedSide = this.#sideOf(side);
    this.failure = side.failure ?? "lost";
    this.failureCode = side.failureCode;
  }

  /** What came before the reset is written first, but not for ever. */
  #limitFlush(): void {
    this.#flushing ??= this.#clock.setTimer(() => this.#resetBoth(), FLUSH_BEFORE_RESET_MS);
  }

  #resetBoth(): void {
    this.#flushing?.cancel();
    this.#client.reset();
    this.#backend.reset();
  }

  #sideOf(connection: NetConnection): Side {
    return connection === this.#client ? "client" : "backend";
  }

  #peerOf(side: NetConnection): NetConnection {
    return side === this.#client ? this.#backend : this.#client;
  }
}
