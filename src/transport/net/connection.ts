// One connection over a node:net socket. Before a relay it holds what arrives, up to HELD_BYTES, because Node notices
// that a client has left only while it reads; during a relay every event goes to the NetRelay.

import { Socket } from "node:net";
import type { Clock, Timer } from "../../clock.ts";
import { systemCode } from "../../errors.ts";
import { formatAddress, formatHostPort, type SocketAddress } from "../../wire/address.ts";
import { isReset } from "../failure.ts";
import {
  BYTES_PER_TURN,
  type CloseCause,
  type Connection,
  type ConnectionHandler,
  HELD_BYTES,
  LINGER_BYTES,
  LINGER_MS,
} from "../transport.ts";
import type { NetDial } from "./dial.ts";
import { HeldBytes } from "./held-bytes.ts";
import { READ_BYTES, type ReadBuffer } from "./read-buffer.ts";
import type { NetRelay } from "./relay.ts";
import { hasEndedInReset, type NetSocket } from "./socket.ts";

const READS_PER_TURN: number = BYTES_PER_TURN / READ_BYTES;

const OWNER: unique symbol = Symbol("lb-tcp connection");

interface OwnedSocket extends NetSocket {
  [OWNER]?: NetConnection;
}

type Chunks = Parameters<NonNullable<Socket["_writev"]>>[0];
type WriteCallback = (error?: Error | null) => void;

export interface ConnectionAddresses {
  readonly remote: SocketAddress;
  /** As text; left out, it is asked of the system when somebody wants to know. */
  readonly local?: string;
}

export class NetConnection implements Connection {
  readonly socket: NetSocket;
  /** Set until a dial is over. */
  dial: NetDial | undefined;
  /** Set while a relay owns this connection. */
  relay: NetRelay | undefined;
  /** The other side sent FIN, and everything before it has been read. */
  readEnded = false;
  /** We sent FIN, or shall when what was written has been taken. */
  finishing = false;
  /** How the other side failed, if it has. */
  failure: "reset" | "lost" | undefined;
  failureCode: string | null = null;
  readonly #clock: Clock;
  readonly #addresses: ConnectionAddresses;
  readonly #held = new HeldBytes();
  #handler: ConnectionHandler | undefined;
  /** What `peek` asked for; -1 while nobody asks. */
  #beyondBytes = -1;
  #isReading = true;
  /** It has had its share of this turn and goes on in the next. */
  #isYielding = false;
  /** Reads in a row that filled the buffer: they may all belong to one turn of the loop. */
  #fullReads = 0;
  /** By us. */
  #isClosed = false;
  /** Set while it lingers after an answer. */
  #lingering: Timer | undefined;
  /** What may still be discarded before that is enough. */
  #lingerBytes = LINGER_BYTES;
  /** Our FIN leaves with the close. */
  #isFinishedByClose = false;
  #onceWritten: WriteCallback = ignore;

  /** @param dial what created the socket, and reads it with a ReadBuffer; an accepted one is read by its events. */
  constructor(socket: NetSocket, clock: Clock, addresses: ConnectionAddresses, dial?: NetDial) {
    const owned: OwnedSocket = socket;
    owned[OWNER] = this;
    // Node destroys a socket when a write fails, and what the other side sent before its reset would be lost with it: an
    // early HTTP answer to an upload, say. So a write never fails for Node, and reading goes on to the end.
    owned._write = write;
    owned._writev = writev;
    this.socket = owned;
    this.#clock = clock;
    this.#addresses = addresses;
    // Shared functions, not closures: this is the way of every connection.
    owned.on("end", onEnd).on("drain", onDrain).on("error", onError).on("close", onClose);
    this.dial = dial;
    if (dial === undefined) owned.on("data", onData);
    else owned.on("connect", onConnect);
  }

  get remoteAddress(): string {
    return formatAddress(this.#addresses.remote);
  }

  get remoteIp(): string {
    const { remote } = this.#addresses;
    return remote.kind === "ip" ? remote.ip : "";
  }

  get localAddress(): string {
    return this.#addresses.local ?? localAddressOf(this.socket);
  }

  own(handler: ConnectionHandler): void {
    this.#handler = handler;
  }

  peek(beyondBytes: number): void {
    this.#beyondBytes = beyondBytes;
    if (this.#isPeekAnswered()) process.nextTick(answerPeek, this);
  }

  take(countBytes: number): void {
    this.#held.drop(countBytes);
    if (this.relay === undefined && this.#held.length < HELD_BYTES) this.startReading();
  }

  write(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Sends FIN once everything written has been taken by the kernel: until then a reset must stay possible. */
  finish(): void {
    this.finishing = true;
    if (this.socket.writableLength === 0) this.#sendFin();
  }

  answer(bytes: Uint8Array): void {
    if (this.socket.destroyed) return;
    this.#beyondBytes = -1;
    this.#held.release();
    this.#lingering = this.#clock.setTimer(() => this.#stopLingering(), LINGER_MS);
    if (bytes.length > 0) this.write(bytes);
    this.finish();
    if (!this.readEnded) this.startReading();
  }

  reset(): void {
    const { socket } = this;
    this.#isClosed = true;
    if (socket.destroyed) return;
    // libuv refuses to reset while a shutdown is under way. It is, for less than a turn: `finish` waits for an empty
    // queue before it asks for one.
    if (socket.writableEnded && !socket.writableFinished) {
      socket.once("finish", () => this.reset());
      return;
    }
    // A unix socket knows no RST.
    if (this.#addresses.remote.kind === "ip") socket.resetAndDestroy();
    else socket.destroy();
  }

  /** Gives what was received before the relay, and reports to nobody but the relay from now on. */
  handOver(relay: NetRelay): Buffer {
    this.relay = relay;
    this.#handler = undefined;
    this.#beyondBytes = -1;
    return this.#held.release();
  }

  startReading(): void {
    if (this.#isReading || this.#isYielding) return;
    this.#isReading = true;
    this.socket.resume();
  }

  /** The turn in which it had its share is over. */
  yielded(): void {
    this.#isYielding = false;
    this.relay?.resumeReading(this);
  }

  /**
   * Takes what has just been read from a dialled socket.
   * @returns whether to go on reading.
   */
  read(countBytes: number, buffer: ReadBuffer): boolean {
    const isFull = countBytes === buffer.memory.length;
    this.#isReading = this.#receive(buffer.take(countBytes), isFull, READS_PER_TURN);
    // Before a relay what has been read is held, and must not stay in a memory that is read to again.
    if (this.relay !== undefined) buffer.fit(countBytes);
    return this.#isReading;
  }

  /** Takes a chunk of an accepted socket. */
  receive(chunk: Buffer): void {
    // Node reads one chunk more after `pause` before it stops: it counts towards the turn.
    if (this.#receive(chunk, chunk.length === READ_BYTES, READS_PER_TURN - 1)) return;
    this.#isReading = false;
    this.socket.pause();
  }

  end(): void {
    if (hasEndedInReset(this.socket)) this.fail("reset", "ECONNRESET");
    if (this.failure !== undefined) {
      // Nothing more will come, so that its failure is all that is left to be told.
      this.socket.destroy();
      return;
    }
    this.readEnded = true;
    if (this.relay !== undefined) this.relay.ended(this);
    else if (this.#isPeekAnswered()) this.answerPeek();
  }

  /** What was written has been taken. */
  drain(): void {
    if (this.finishing) this.#sendFin();
    this.relay?.drained(this);
  }

  fail(failure: "reset" | "lost", code: string | null): void {
    if (this.failure !== undefined) return;
    this.failure = failure;
    this.failureCode = code;
  }

  /** Whether it takes no more. */
  isLost(): boolean {
    return this.failure !== undefined || this.socket.destroyed;
  }

  /** Whether both directions ended in order. */
  isFinished(): boolean {
    return this.readEnded && (this.#isFinishedByClose || this.socket.writableFinished);
  }

  /** The other side takes no more. */
  failWrite(error: Error): void {
    this.failWith(error);
    if (this.relay === undefined) this.socket.destroy();
    else this.relay.writeFailed(this);
  }

  failWith(error: Error): void {
    const code = systemCode(error) ?? error.message;
    this.fail(isReset(code) ? "reset" : "lost", code);
  }

  answerPeek(): void {
    if (this.#isClosed || this.socket.destroyed || !this.#isPeekAnswered()) return;
    this.#beyondBytes = -1;
    this.#handler?.onPrefix(this.#held.whole(), this.readEnded);
  }

  closed(): void {
    this.#lingering?.cancel();
    if (this.relay !== undefined) this.relay.closed(this);
    else this.#handler?.onConnectionClosed(this, this.#closeCause(), this.failureCode);
    this.#handler = undefined;
  }

  /** What Node is given to call once a write is over, in place of what it brought. */
  tolerant(onceWritten: WriteCallback): WriteCallback {
    // One write is under way at a time.
    this.#onceWritten = onceWritten;
    return this.#written;
  }

  readonly #written: WriteCallback = (error) => {
    // From Node 22 on what is still unwritten when we destroy a socket fails too (ECANCELED).
    if (error && !this.socket.destroyed) this.failWrite(error);
    this.#onceWritten(null);
  };

  #receive(chunk: Buffer, isFull: boolean, readsPerTurn: number): boolean {
    if (this.relay === undefined) return this.#hold(chunk);
    if (!this.relay.received(this, chunk)) return false;
    this.#fullReads = isFull ? this.#fullReads + 1 : 0;
    if (this.#fullReads < readsPerTurn) return true;
    this.#fullReads = 0;
    this.#isYielding = true;
    setImmediate(endTurn, this);
    return false;
  }

  /** @returns whether there is room for more. */
  #hold(chunk: Buffer): boolean {
    if (this.#lingering !== undefined) return this.#discard(chunk.length);
    this.#held.push(chunk);
    if (this.#isPeekAnswered()) this.answerPeek();
    return this.#held.length < HELD_BYTES;
  }

  /** @returns whether to go on reading. */
  #discard(countBytes: number): boolean {
    this.#lingerBytes -= countBytes;
    if (this.#lingerBytes > 0) return true;
    this.#stopLingering();
    return false;
  }

  /** It has read and waited enough. An answer that is still on its way is cut off, and must not look complete. */
  #stopLingering(): void {
    if (!this.socket.writableFinished) {
      this.reset();
      return;
    }
    this.#isClosed = true;
    this.socket.destroy();
  }

  #isPeekAnswered(): boolean {
    return this.#beyondBytes >= 0 && (this.#held.length > this.#beyondBytes || this.readEnded);
  }

  #sendFin(): void {
    if (!this.readEnded) {
      this.socket.end();
      return;
    }
    // Nothing is left to be read, so that a close sends FIN as well, and saves the shutdown.
    this.#isFinishedByClose = true;
    this.socket.destroy();
  }

  #closeCause(): CloseCause {
    if (this.failure !== undefined) return this.failure;
    if (this.isFinished()) return "finished";
    return this.#isClosed ? "closed" : "lost";
  }
}

function localAddressOf({ localAddress, localPort }: Socket): string {
  return localAddress === undefined ? "" : formatHostPort(localAddress, localPort ?? 0);
}

function ignore(): void {}

function answerPeek(connection: NetConnection): void {
  connection.answerPeek();
}

function endTurn(connection: NetConnection): void {
  connection.yielded();
}

function write(this: OwnedSocket, chunk: unknown, encoding: BufferEncoding, onceWritten: WriteCallback): void {
  Socket.prototype._write.call(this, chunk, encoding, this[OWNER]?.tolerant(onceWritten) ?? onceWritten);
}

function writev(this: OwnedSocket, chunks: Chunks, onceWritten: WriteCallback): void {
  Socket.prototype._writev?.call(this, chunks, this[OWNER]?.tolerant(onceWritten) ?? onceWritten);
}

function onData(this: OwnedSocket, chunk: Buffer): void {
  this[OWNER]?.receive(chunk);
}

function onEnd(this: OwnedSocket): void {
  this[OWNER]?.end();
}

function onDrain(this: OwnedSocket): void {
  this[OWNER]?.drain();
}

function onConnect(this: OwnedSocket): void {
  this[OWNER]?.dial?.succeeded();
}

function onError(this: OwnedSocket, error: Error): void {
  const connection = this[OWNER];
  if (connection?.dial !== undefined) connection.dial.failed(error);
  else connection?.failWith(error);
}

function onClose(this: OwnedSocket): void {
  this[OWNER]?.closed();
}
