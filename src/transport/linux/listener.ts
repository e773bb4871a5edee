import type { Timer } from "../../clock.ts";
import { formatAddress, type SocketAddress } from "../../wire/address.ts";
import type { ListenerHandler, SocketOptions, TransportListener } from "../transport.ts";
import { LinuxConnection } from "./connection.ts";
import { EAGAIN, EPOLLEXCLUSIVE, EPOLLIN, SOCK_CLOEXEC, SOCK_NONBLOCK } from "./constants.ts";
import { codeOf } from "./errno.ts";
import type { Loop, Task, Watched } from "./loop.ts";
import { type PinnedMemory, pinnedMemory } from "./memory.ts";
import { remoteOf } from "./remote.ts";
import { readSocketAddress, SOCKET_ADDRESS_BYTES } from "./socket-address.ts";

const ACCEPTS_PER_TURN = 64;
/** After this it is looked again whether there is room, or descriptors. */
const PAUSE_MS = 20;
/** accept(2): these mean that this machine is short of something; all others speak of one connection that has gone. */
const SHORTAGES: ReadonlySet<string> = new Set(["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"]);

export interface ListenerParts {
  readonly loop: Loop;
  readonly descriptor: number;
  readonly address: SocketAddress;
  readonly options: SocketOptions;
  readonly handler: ListenerHandler;
  /** Whether another process has it, too, and accepts from it after this one. */
  readonly isInherited?: boolean;
  /** Told when the last has been accepted. */
  readonly onClose: () => void;
}

/** Accepts from a listening socket. The socket belongs to whoever opened it. */
export class LinuxListener implements TransportListener, Watched, Task {
  readonly address: SocketAddress;
  readonly #loop: Loop;
  readonly #descriptor: number;
  readonly #slot: number;
  readonly #options: SocketOptions;
  readonly #handler: ListenerHandler;
  readonly #isInherited: boolean;
  readonly #onClose: () => void;
  /** Where all clients arrive; undefined where each may arrive at another address. */
  readonly #local: string | undefined;
  readonly #remoteMemory: PinnedMemory;
  readonly #lengthMemory: PinnedMemory;
  /** How many are likely to wait: asking for one more than there are costs a system call. */
  #expected = 1;
  #pausing: Timer | undefined;
  #isClosed = false;
  /** Accepted by `close`, to be delivered in the next turn. */
  #last: LinuxConnection[] = [];
  /** What kept `close` from accepting all. */
  #lastFailure: string | undefined;

  constructor({ loop, descriptor, address, options, handler, isInherited = false, onClose }: ListenerParts) {
    this.address = address;
    this.#loop = loop;
    this.#descriptor = descriptor;
    this.#options = options;
    this.#handler = handler;
    this.#isInherited = isInherited;
    this.#onClose = onClose;
    this.#local = isWildcard(address) ? undefined : formatAddress(address);
    this.#remoteMemory = pinnedMemory(loop.calls, SOCKET_ADDRESS_BYTES);
    this.#lengthMemory = pinnedMemory(loop.calls, 4);
    this.#slot = loop.occupy();
    this.#watch();
  }

  onEvents(): void {
    for (let count = 0; count < this.#expected; count++) {
      if (this.#handler.isFull()) {
        this.#pause();
        return;
      }
      const connection = this.#accept();
      if (connection === undefined) {
        this.#expected = Math.max(1, count);
        return;
      }
      this.#deliver(connection);
      // The session may have closed this listener, and its descriptor may be another's by now.
      if (this.#isClosed) return;
    }
    // There may be more; level-triggered, so that the next turn will tell.
    this.#expected = Math.min(2 * this.#expected, ACCEPTS_PER_TURN);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#pausing === undefined) this.#loop.unwatch(this.#slot, this.#descriptor);
    this.#pausing?.cancel();
    // Those whom the kernel has accepted already: closing the socket would reset them. An inherited one stays open, and
    // whoever accepts from it next has longer for them.
    if (!this.#isInherited) this.#acceptRest();
    if (this.#last.length > 0 || this.#lastFailure !== undefined) this.#loop.soon(this);
    this.#loop.vacate(this.#slot);
    this.#onClose();
  }

  run(): void {
    for (let next = this.#last.shift(); next !== undefined; next = this.#last.shift()) this.#deliver(next);
    if (this.#lastFailure !== undefined) this.#handler.onAcceptFailed(this.#lastFailure);
  }

  onBug(): void {
    // The other clients are not to blame.
    if (this.#last.length > 0) this.#loop.soon(this);
  }

  #acceptRest(): void {
    for (let next = this.#accept(); next !== undefined; next = this.#accept()) this.#last.push(next);
  }

  #watch(): void {
    // A unix socket and an inherited one are in the epoll of every worker: one is woken for a client, not all.
    const isShared = this.address.kind === "unix" || this.#isInherited;
    const mask = isShared ? EPOLLIN | EPOLLEXCLUSIVE : EPOLLIN;
    // Where there is no room for it, it is tried again.
    if (this.#loop.watch(this.#slot, this.#descriptor, mask, this) !== 0) this.#pauseOn();
  }

  #pause(): void {
    this.#loop.unwatch(this.#slot, this.#descriptor);
    this.#pauseOn();
  }

  #pauseOn(): void {
    this.#pausing = this.#loop.clock.setTimer(() => this.#resume(), PAUSE_MS);
  }

  #resume(): void {
    if (this.#handler.isFull()) {
      this.#pauseOn();
      return;
    }
    this.#pausing = undefined;
    this.#watch();
  }

  /** @returns the next client; undefined where nobody waits, or nobody can be accepted. */
  #accept(): LinuxConnection | undefined {
    const { calls } = this.#loop;
    for (;;) {
      this.#lengthMemory.bytes.writeUInt32LE(SOCKET_ADDRESS_BYTES, 0);
      const { address: remoteAt } = this.#remoteMemory;
      const flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
      const descriptor = calls.accept4(this.#descriptor, remoteAt, this.#lengthMemory.address, flags);
      if (descriptor >= 0) return this.#connection(descriptor);
      const errno = calls.errno();
      if (errno === EAGAIN) return undefined;
      const code = codeOf(errno);
      if (SHORTAGES.has(code)) {
        // No callback within `close`.
        if (this.#isClosed) this.#lastFailure = code;
        else {
          this.#pause();
          this.#handler.onAcceptFailed(code);
        }
        return undefined;
      }
      // The client has gone while it waited.
      if (code === "EBADF" || code === "EINVAL" || code === "ENOTSOCK") throw new Error(`accept4: ${code}`);
    }
  }

  #connection(descriptor: number): LinuxConnection {
    return new LinuxConnection({
      loop: this.#loop,
      descriptor,
      slot: this.#loop.occupy(descriptor),
      remote: remoteOf(this.#remoteMemory.bytes),
      local: this.#local ?? this.#localOf(descriptor),
      options: this.#options,
      // Inherited from the listening socket.
      isPrompt: true,
    });
  }

  #deliver(connection: LinuxConnection): void {
    try {
      this.#handler.onConnection(connection);
    } catch (error) {
      connection.onBug();
      throw error;
    }
    connection.watch();
  }

  #localOf(descriptor: number): string {
    const { calls } = this.#loop;
    const { address, bytes } = this.#remoteMemory;
    this.#lengthMemory.bytes.writeUInt32LE(SOCKET_ADDRESS_BYTES, 0);
    if (calls.getsockname(descriptor, address, this.#lengthMemory.address) < 0) return formatAddress(this.address);
    return formatAddress(readSocketAddress(bytes));
  }
}

function isWildcard(address: SocketAddress): boolean {
  return address.kind === "ip" && (address.ip === "0.0.0.0" || address.ip === "::");
}
