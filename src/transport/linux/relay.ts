import type { Timer } from "../../clock.ts";
import { FLUSH_BEFORE_RESET_MS, type Gate, type Relay, type RelayHandler, type Side } from "../transport.ts";
import type { LinuxConnection } from "./connection.ts";
import { EPOLLERR, EPOLLHUP, EPOLLOUT, EPOLLRDHUP } from "./constants.ts";
import { Direction } from "./direction.ts";
import type { Loop, Task } from "./loop.ts";
import type { Pipes } from "./pipes.ts";
import { unsentBytes } from "./socket-options.ts";

/** Two connections joined: a Direction each way, and what happens when one of them ends. */
export class LinuxRelay implements Relay, Task {
  firstByteAtMs: number = Number.NaN;
  lastActivityAtMs: number;
  finishedFirst: Side | undefined;
  failedSide: Side | undefined;
  failure: "reset" | "lost" | undefined;
  failureCode: string | null = null;
  /** Both connections are on their way out. */
  isOver = false;
  readonly #loop: Loop;
  readonly #client: LinuxConnection;
  readonly #backend: LinuxConnection;
  readonly #up: Direction;
  readonly #down: Direction;
  readonly #handler: RelayHandler;
  /** Whose FIN had come before. */
  readonly #clientHadFinished: boolean;
  readonly #backendHadFinished: boolean;
  #openConnections = 2;
  #flushing: Timer | undefined;

  constructor(
    client: LinuxConnection,
    backend: LinuxConnection,
    pipes: Pipes,
    handler: RelayHandler,
    gate: Gate | undefined,
  ) {
    this.#loop = client.loop;
    this.#client = client;
    this.#backend = backend;
    this.#handler = handler;
    this.#up = new Direction(this, client, backend, pipes, gate);
    this.#down = new Direction(this, backend, client, pipes);
    this.#clientHadFinished = (client.seen & EPOLLRDHUP) !== 0;
    this.#backendHadFinished = (backend.seen & EPOLLRDHUP) !== 0;
    this.lastActivityAtMs = this.#loop.clock.nowMs();
    client.handOver(this);
    backend.handOver(this);
    // Not at once: no callback runs inside a call.
    if (client.mayRead) this.#up.queue();
    if (backend.mayRead) this.#down.queue();
    if (client.isClosing || backend.isClosing) this.abort();
    if (client.failure !== undefined) this.#failed(client);
    if (backend.failure !== undefined) this.#failed(backend);
    this.#settle();
  }

  get bytesUp(): number {
    return this.#up.bytes;
  }

  get bytesDown(): number {
    return this.#down.bytes;
  }

  abort(): void {
    this.#closeBoth("abruptly");
  }

  /** While it lingers. */
  run(): void {
    this.#settle();
  }

  onBug(): void {
    this.abort();
  }

  onEvents(side: LinuxConnection, mask: number): void {
    if (this.isOver) return;
    const isClient = side === this.#client;
    const inbound = isClient ? this.#up : this.#down;
    if ((mask & EPOLLERR) !== 0 && side.failWithWaitingError()) {
      this.#failed(side);
      inbound.move();
      this.#settle();
      return;
    }
    // A unix socket whose other end is closed takes nothing more, and says so by EPOLLHUP.
    if ((mask & (EPOLLOUT | EPOLLHUP)) !== 0) (isClient ? this.#down : this.#up).flush();
    inbound.move();
  }

  /** Whether that side takes no more. */
  hasLost(side: LinuxConnection): boolean {
    return side.failure !== undefined;
  }

  /** Bytes have come in that direction. To be called before they are counted. */
  moved(direction: Direction): void {
    this.lastActivityAtMs = this.#loop.clock.nowMs();
    if (direction === this.#down && direction.bytes === 0) this.firstByteAtMs = this.lastActivityAtMs;
  }

  /** What was held has been taken. */
  flushed(direction: Direction): void {
    // A slow reader is not idle.
    this.lastActivityAtMs = this.#loop.clock.nowMs();
    if (this.failure !== undefined) this.#settle();
    else if (direction.from.readState === "ended") this.#passFin(direction, false);
  }

  /**
   * FIN has come in that direction.
   * @param isUrgent whether the last bytes wait in the kernel for the FIN to go with them.
   */
  ended(direction: Direction, isUrgent: boolean): void {
    this.lastActivityAtMs = this.#loop.clock.nowMs();
    this.finishedFirst ??= this.#sideOf(direction.from);
    if (!direction.isHolding) this.#passFin(direction, isUrgent);
    if (direction.to.readState !== "open" || this.isOver) return;
    const hadFinished = direction === this.#up ? this.#clientHadFinished : this.#backendHadFinished;
    if (!hadFinished) this.#handler.onHalfClosed(this);
  }

  /** Nothing more comes in that direction, and it was no FIN. */
  readFailed(direction: Direction): void {
    this.#failed(direction.from);
    this.#settle();
  }

  /** That side takes no more. What it has sent before is still to be read. */
  writeFailed(side: LinuxConnection): void {
    this.#failed(side);
    // Its error may have been taken by the write: no event will come.
    side.mayRead = true;
    (side === this.#client ? this.#up : this.#down).move();
    this.#settle();
  }

  connectionClosed(): void {
    this.#openConnections--;
    if (this.#openConnections === 0) this.#handler.onRelayEnded(this);
  }

  /** The first failure is what the relay failed of. */
  #failed(side: LinuxConnection): void {
    (side === this.#client ? this.#down : this.#up).drop();
    if (this.failure !== undefined || this.isOver) return;
    this.failedSide = this.#sideOf(side);
    this.failure = side.failure ?? "lost";
    this.failureCode = side.failureCode;
  }

  /** Resets both sides once everything that came before the failure has been taken, or has been refused for too long. */
  #settle(): void {
    if (this.isOver || this.failure === undefined) return;
    const inbound = this.failedSide === "client" ? this.#up : this.#down;
    const isRead = inbound.from.readState !== "open" && !inbound.isHolding;
    const isOver = isRead && unsentBytes(inbound.to.descriptor) === 0;
    if (isOver || this.hasLost(inbound.to)) this.#closeBoth("abruptly");
    else {
      this.#flushing ??= this.#loop.clock.setTimer(() => this.abort(), FLUSH_BEFORE_RESET_MS);
      // No event tells that the kernel has sent the last of it.
      if (isRead) this.#loop.linger(this);
    }
  }

  #passFin(direction: Direction, isUrgent: boolean): void {
    direction.isDone = true;
    const other = direction === this.#up ? this.#down : this.#up;
    // All that came has been read, so that the close of both sends the FIN.
    if (other.isDone) this.#closeBoth("gently");
    else if (isUrgent) direction.to.sendFin();
    else direction.queue();
  }

  /** Turns later: a client that was answered has often finished by then, and the close of both saves the shutdown. */
  sendFin(direction: Direction): void {
    if (!this.isOver && this.failure === undefined) direction.to.sendFin();
  }

  #closeBoth(how: "gently" | "abruptly"): void {
    this.isOver = true;
    this.#flushing?.cancel();
    this.#loop.stopLingering(this);
    this.#up.drop();
    this.#down.drop();
    this.#client.close(how);
    this.#backend.close(how);
  }

  #sideOf(connection: LinuxConnection): Side {
    return connection === this.#client ? "client" : "backend";
  }
}
