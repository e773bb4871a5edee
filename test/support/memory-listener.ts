import type { ListenerHandler, TransportListener } from "../../src/transport/transport.ts";
import { formatAddress, formatHostPort, type SocketAddress } from "../../src/wire/address.ts";
import { MemoryConnection } from "./memory-connection.ts";
import type { MemoryLoop, Stepper } from "./memory-loop.ts";
import { MemoryPeer } from "./memory-peer.ts";
import { Wire } from "./memory-wire.ts";

const ACCEPTS_PER_TURN = 64;

/** Where a client comes from. */
export interface ClientAddress {
  readonly ip: string;
  readonly port: number;
}

/** An address of the transport in memory that tests connect to. */
export class MemoryListener implements TransportListener, Stepper {
  readonly address: SocketAddress;
  readonly #loop: MemoryLoop;
  readonly #handler: ListenerHandler;
  readonly #onClose: () => void;
  /** Connected, and not accepted yet. */
  #queue: MemoryConnection[] = [];
  #failures: string[] = [];
  #isClosed = false;

  constructor(address: SocketAddress, loop: MemoryLoop, handler: ListenerHandler, onClose: () => void) {
    this.address = address;
    this.#loop = loop;
    this.#handler = handler;
    this.#onClose = onClose;
    loop.add(this);
  }

  connect(from: ClientAddress): MemoryPeer {
    const up = new Wire();
    const down = new Wire();
    const isUnix = this.address.kind === "unix";
    const remoteAddress = isUnix ? "unix:" : formatHostPort(from.ip, from.port);
    const names = { remoteAddress, remoteIp: isUnix ? "" : from.ip, localAddress: formatAddress(this.address) };
    this.#queue.push(new MemoryConnection(names, this.#loop, up, down));
    return new MemoryPeer(remoteAddress, this.#loop, down, up);
  }

  /** Accepting fails once, in the next turn. */
  fail(code: string): void {
    this.#failures.push(code);
  }

  /** Who waits to be accepted is reset, as the system does. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#loop.remove(this);
    for (const connection of this.#queue) connection.reset();
    this.#queue = [];
    this.#onClose();
  }

  step(): boolean {
    const failures = this.#failures.splice(0);
    for (const code of failures) this.#handler.onAcceptFailed(code);
    const accepted = this.#queue.splice(0, ACCEPTS_PER_TURN);
    for (const connection of accepted) this.#accept(connection);
    return failures.length + accepted.length > 0;
  }

  #accept(connection: MemoryConnection): void {
    // A handler of this turn has stopped accepting, or the client has left while it waited: there is nobody to serve.
    if (this.#isClosed || connection.input.end === "reset") connection.reset();
    else this.#handler.onConnection(connection);
  }
}
