// One connection over a socket of its own. Before a relay nothing is read but with MSG_PEEK: what a client sends waits in
// the kernel. During a relay its events go to the LinuxRelay.

import { isReset } from "../failure.ts";
import type { CloseCause, Connection, ConnectionHandler, SocketOptions } from "../transport.ts";
import {
  EAGAIN,
  EINTR,
  EPOLLERR,
  EPOLLET,
  EPOLLHUP,
  EPOLLIN,
  EPOLLOUT,
  EPOLLPRI,
  EPOLLRDHUP,
  MSG_NOSIGNAL,
  MSG_PEEK,
  SHUT_WR,
} from "./constants.ts";
import { codeOf } from "./errno.ts";
import { Lingering } from "./lingering.ts";
import { BUFFER_BYTES, type Closing, type Loop, type Task, type Watched } from "./loop.ts";
import type { LinuxRelay } from "./relay.ts";
import type { Remote } from "./remote.ts";
import { closeAbruptly, setNoDelay, takeError } from "./socket-options.ts";
import { Unsent } from "./unsent.ts";

/** One EPOLL_CTL_ADD for each socket, and no other call to epoll. */
export const CONNECTION_EVENTS: number = (EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLET) >>> 0;

// Once one of these has been seen, a short read does not mean that nothing is left: data and FIN can come in one edge,
// and the FIN would never be read.
const STICKY: number = EPOLLRDHUP | EPOLLHUP | EPOLLERR | EPOLLPRI;
const READABLE: number = EPOLLIN | STICKY;
/** No event: stands in `seen` for a socket where a short read never means that nothing is left. */
const READS_IN_PIECES = 0x1_0000;

/** `ended`: FIN came, and everything before it has been read. `failed`: nothing more will come, and it was no end. */
type ReadState = "open" | "ended" | "failed";

export interface ConnectionParts {
  readonly loop: Loop;
  readonly descriptor: number;
  readonly slot: number;
  readonly remote: Remote;
  /** As text; undefined for a dialled one, which nobody asks. */
  readonly local: string | undefined;
  readonly options: SocketOptions;
  /** Whether TCP_NODELAY is set already, or means nothing. */
  readonly isPrompt: boolean;
}

export class LinuxConnection implements Connection, Watched, Task, Closing {
  readonly loop: Loop;
  readonly descriptor: number;
  readonly options: SocketOptions;
  /** Set while a relay owns this connection. */
  relay: LinuxRelay | undefined;
  readState: ReadState = "open";
  /** There may be something to read: an edge said so, and since then it has not been read to its end. */
  mayRead = false;
  /** It has sent something, whether that has been taken or not. */
  hasSpoken = false;
  /** What has come of EPOLLRDHUP and the like. */
  seen = 0;
  /** What the kernel would not take; undefined for nothing. */
  unsent: Unsent | undefined;
  failure: "reset" | "lost" | undefined;
  failureCode: string | null = null;
  readonly #slot: number;
  readonly #remote: Remote;
  readonly #local: string | undefined;
  #handler: ConnectionHandler | undefined;
  /** What `peek` asked for; -1 while nobody asks. */
  #beyondBytes = -1;
  /** How many bytes there were to peek at, if no more can have come since: -1 where an edge says otherwise. */
  #shownBytes = -1;
  /** Bytes and FIN of our own: `finishing` until the kernel has taken what was written. */
  #writeState: "open" | "finishing" | "ended" = "open";
  /** Set once our last word has been said. */
  #lingering: Lingering | undefined;
  #closing: "no" | "gently" | "abruptly" | "closed" = "no";
  #isPrompt: boolean;
  #hasSent = false;
  #isQueued = false;

  constructor({ loop, descriptor, slot, remote, local, options, isPrompt }: ConnectionParts) {
    this.loop = loop;
    this.descriptor = descriptor;
    this.options = options;
    this.#slot = slot;
    this.#remote = remote;
    this.#local = local;
    this.#isPrompt = isPrompt;
    // A unix socket reads up to the next message that carries descriptors (unix_stream_read_generic).
    if (!remote.isTcp) this.seen = READS_IN_PIECES;
  }

  get remoteAddress(): string {
    return this.#remote.text;
  }

  get remoteIp(): string {
    return this.#remote.ip;
  }

  get localAddress(): string {
    return this.#local ?? "";
  }

  get isClosing(): boolean {
    return this.#closing !== "no";
  }

  /** Puts it into the epoll set. Its first events say what has come already. */
  watch(): void {
    if (this.isClosing) return;
    const errno = this.loop.watch(this.#slot, this.descriptor, CONNECTION_EVENTS, this);
    if (errno === 0) return;
    this.fail(errno);
    this.close("abruptly");
  }

  own(handler: ConnectionHandler): void {
    this.#handler = handler;
  }

  peek(beyondBytes: number): void {
    this.#beyondBytes = beyondBytes;
    if (this.mayRead && (this.#shownBytes < 0 || this.#shownBytes > beyondBytes)) this.#runSoon();
  }

  take(countBytes: number): void {
    const { calls, scratch } = this.loop;
    // Where it did not show all, what `onPrefix` had no room for may be there.
    this.#shownBytes = Math.max(-1, this.#shownBytes - countBytes);
    this.mayRead = this.#shownBytes !== 0;
    let left = countBytes;
    while (left > 0) {
      const took = calls.recv(this.descriptor, scratch.address, Math.min(left, BUFFER_BYTES), 0);
      if (took <= 0) {
        this.mayRead = true;
        return;
      }
      left -= took;
    }
  }

  write(bytes: Uint8Array): void {
    if (this.isClosing || this.failure !== undefined) return;
    if (this.unsent !== undefined) {
      this.unsent.push(bytes);
      return;
    }
    const took = this.#sendOwn(bytes);
    if (took < 0) this.close("gently");
    else if (took < bytes.length) this.unsent = new Unsent(bytes.subarray(took));
  }

  finish(): void {
    if (this.isClosing) return;
    this.#lingering ??= new Lingering(this.loop);
    if (this.#writeState === "open") this.#writeState = "finishing";
    if (this.unsent === undefined) this.#finishNow();
    else this.#discard();
  }

  answer(bytes: Uint8Array): void {
    if (this.isClosing) return;
    this.#beyondBytes = -1;
    this.#lingering?.cancel();
    this.#lingering = new Lingering(this.loop, () => this.#stopLingering());
    if (bytes.length > 0) this.write(bytes);
    this.finish();
  }

  reset(): void {
    this.close("abruptly");
  }

  /** At the end of the turn. Abruptly: with RST, and what was not sent is dropped. Idempotent. */
  close(how: "gently" | "abruptly"): void {
    if (this.#closing === "no") this.loop.atEnd(this);
    else if (this.#closing === "closed") return;
    if (this.#closing !== "abruptly") this.#closing = how;
  }

  closeNow(): void {
    // A relay has taken it over meanwhile, or it was to be closed twice.
    if (this.#closing === "no" || this.#closing === "closed") return;
    const isAbrupt = this.#closing === "abruptly";
    this.#closing = "closed";
    this.unsent = undefined;
    this.#lingering?.cancel();
    this.loop.vacate(this.#slot);
    if (isAbrupt) closeAbruptly(this.descriptor);
    else this.loop.calls.close(this.descriptor);
    const handler = this.#handler;
    this.#handler = undefined;
    if (this.relay !== undefined) this.relay.connectionClosed();
    else handler?.onConnectionClosed(this, this.#closeCause(isAbrupt), this.failureCode);
  }

  /** Reports to nobody but the relay from now on. */
  handOver(relay: LinuxRelay): void {
    this.relay = relay;
    this.#handler = undefined;
    this.#beyondBytes = -1;
    // It has failed in this turn, which nobody has been told yet: there may be something to read before the failure.
    if (this.failure !== undefined && this.#closing === "gently") {
      this.#closing = "no";
      this.mayRead = true;
    }
  }

  onEvents(mask: number): void {
    if (this.isClosing) return;
    this.seen |= mask & STICKY;
    if ((mask & READABLE) !== 0) {
      this.mayRead = true;
      this.#shownBytes = -1;
    }
    if (this.relay !== undefined) this.relay.onEvents(this, mask);
    else this.#onEventsBeforeRelay(mask);
  }

  run(): void {
    this.#isQueued = false;
    if (this.isClosing || this.relay !== undefined) return;
    if (this.#beyondBytes >= 0) this.#answerPeek();
  }

  onBug(): void {
    if (this.relay === undefined) this.reset();
    else this.relay.abort();
  }

  /**
   * Offers bytes to the kernel, before what is still unsent: to be called when nothing is.
   * @param flags MSG_MORE where a FIN follows at once, to leave in the same segment.
   * @returns how many it took; -1 when the other side takes no more, which is noted as its failure.
   */
  send(address: number, length: number, flags = 0): number {
    const { calls } = this.loop;
    // Nagle's algorithm holds back a small segment only while another is unacknowledged, so never the first one
    // (tcp_nagle_check): a connection with one request and one answer never needs the option.
    if (!this.#isPrompt) this.#becomePrompt();
    for (;;) {
      const took = calls.send(this.descriptor, address, length, MSG_NOSIGNAL | flags);
      if (took >= 0) return took;
      const errno = calls.errno();
      if (errno === EAGAIN) return 0;
      if (errno !== EINTR) {
        this.fail(errno);
        return -1;
      }
    }
  }

  /** To be called before bytes are sent in another way than by `send`. */
  prepareToSend(): void {
    if (!this.#isPrompt) this.#becomePrompt();
  }

  /** Keeps what the kernel would not take. The bytes are copied. */
  keep(bytes: Uint8Array): void {
    const copy = Buffer.allocUnsafeSlow(bytes.length);
    copy.set(bytes);
    this.unsent = new Unsent(copy);
  }

  /** @returns whether nothing is unsent any more; false with `failure` set where the other side takes no more. */
  flush(): boolean {
    const result = this.unsent?.offer(this.loop.calls, (address, length) => this.send(address, length)) ?? "all";
    if (result !== "some") this.unsent = undefined;
    return result === "all";
  }

  sendFin(): void {
    this.#writeState = "ended";
    this.loop.calls.shutdown(this.descriptor, SHUT_WR);
  }

  /** Notes how the other side failed. The first failure counts. */
  fail(errno: number): void {
    if (this.failure !== undefined) return;
    this.failureCode = codeOf(errno);
    this.failure = isReset(this.failureCode) ? "reset" : "lost";
  }

  /** @returns whether an error was waiting. */
  failWithWaitingError(): boolean {
    const errno = takeError(this.descriptor);
    if (errno !== 0) this.fail(errno);
    return errno !== 0;
  }

  #onEventsBeforeRelay(mask: number): void {
    if ((mask & EPOLLERR) !== 0 && this.failWithWaitingError()) {
      this.close("gently");
      return;
    }
    if ((mask & (EPOLLOUT | EPOLLHUP)) !== 0 && this.unsent !== undefined) this.#flushOwn();
    if (this.#beyondBytes >= 0 && this.mayRead) this.#answerPeek();
    this.#discard();
  }

  #flushOwn(): void {
    if (!this.flush()) {
      if (this.failure !== undefined) this.close("gently");
      return;
    }
    if (this.#writeState === "finishing") this.#finishNow();
  }

  #finishNow(): void {
    if (this.#writeState !== "ended") this.sendFin();
    this.#discard();
  }

  /** Reads what nobody wants: when FIN has come, and as it comes after an answer. */
  #discard(): void {
    const lingering = this.#lingering;
    if (lingering === undefined || this.isClosing) return;
    if (!lingering.isEager && (this.seen & EPOLLRDHUP) === 0) return;
    const leftover = lingering.discard(this.descriptor);
    if (leftover === "fin") {
      this.readState = "ended";
      // FIN of our own is not to pass what the kernel would not take yet.
      if (this.unsent === undefined) this.close("gently");
    } else if (leftover === "failed") {
      this.readState = "failed";
      this.fail(this.loop.calls.errno());
      this.close("gently");
    } else if (leftover === "enough") this.#stopLingering();
  }

  /** It has read and waited enough. An answer that is still on its way is cut off, and must not look complete. */
  #stopLingering(): void {
    this.close(this.#writeState === "ended" ? "gently" : "abruptly");
  }

  #answerPeek(): void {
    const { calls, buffer } = this.loop;
    let got = calls.recv(this.descriptor, buffer.address, BUFFER_BYTES, MSG_PEEK);
    let isEnded = got === 0;
    if (got < 0) {
      const errno = calls.errno();
      if (errno !== EAGAIN && errno !== EINTR) {
        this.fail(errno);
        this.close("gently");
        return;
      }
      got = 0;
    } else if (got < BUFFER_BYTES && (this.seen & EPOLLRDHUP) !== 0) isEnded = true;
    if (got > 0) this.hasSpoken = true;
    this.#shownBytes = got < BUFFER_BYTES && this.seen === 0 ? got : -1;
    // What is there stays to be read, by the relay or for one who asks for less.
    if (got <= this.#beyondBytes && !isEnded) return;
    this.#beyondBytes = -1;
    this.#handler?.onPrefix(buffer.bytes.subarray(0, got), isEnded);
  }

  #runSoon(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.loop.soon(this);
  }

  #sendOwn(bytes: Uint8Array): number {
    const { calls, scratch } = this.loop;
    if (bytes.length > BUFFER_BYTES) return this.send(calls.addressOf(bytes), bytes.length);
    // Asking for an address costs more than copying a head.
    scratch.bytes.set(bytes);
    return this.send(scratch.address, bytes.length);
  }

  #becomePrompt(): void {
    if (this.#hasSent) {
      this.#isPrompt = true;
      setNoDelay(this.descriptor);
    }
    this.#hasSent = true;
  }

  #closeCause(isAbrupt: boolean): CloseCause {
    if (this.failure !== undefined) return this.failure;
    return isAbrupt || this.readState !== "ended" ? "closed" : "finished";
  }
}
