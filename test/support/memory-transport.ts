// A transport without sockets, for tests: clients and backends do what a test says, time is the clock's, and callbacks
// run in `turn` and `settle` only.

import type { Clock } from "../../src/clock.ts";
import type {
  Connection,
  Dial,
  DialHandler,
  Gate,
  ListenerHandler,
  ListenOptions,
  Relay,
  RelayHandler,
  SocketOptions,
  Transport,
  TransportListener,
} from "../../src/transport/transport.ts";
import { formatAddress, type SocketAddress } from "../../src/wire/address.ts";
import { MemoryConnection } from "./memory-connection.ts";
import { MemoryDial } from "./memory-dial.ts";
import { type ClientAddress, MemoryListener } from "./memory-listener.ts";
import { MemoryLoop } from "./memory-loop.ts";
import type { MemoryPeer } from "./memory-peer.ts";
import { MemoryRelay } from "./memory-relay.ts";
import { failure, MemoryServer } from "./memory-server.ts";

const FIRST_PORT = 40_000;
// Documentation addresses (RFC 5737, RFC 3849): nothing is ever sent there.
const CLIENT_IPV4 = "192.0.2.1";
const CLIENT_IPV6 = "2001:db8::1";

export class MemoryTransport implements Transport {
  readonly kind = "memory";
  readonly #loop: MemoryLoop;
  readonly #listeners = new Map<string, MemoryListener>();
  readonly #servers = new Map<string, MemoryServer>();
  #nextPort: number = FIRST_PORT;
  /** IPs that this machine does not have; it has all others. */
  readonly foreignIps: Set<string> = new Set();

  constructor(clock: Clock) {
    this.#loop = new MemoryLoop(clock);
  }

  async listen(asked: SocketAddress, _options: ListenOptions, handler: ListenerHandler): Promise<TransportListener> {
    const address = asked.kind === "ip" && asked.port === 0 ? { ...asked, port: this.#takePort() } : asked;
    const name = formatAddress(address);
    if (this.#listeners.has(name)) {
      throw Object.assign(new Error(`listen EADDRINUSE: ${name}`), { code: "EADDRINUSE" });
    }
    const listener = new MemoryListener(address, this.#loop, handler, () => this.#listeners.delete(name));
    this.#listeners.set(name, listener);
    return listener;
  }

  dial(address: SocketAddress, { localIp }: SocketOptions, handler: DialHandler): Dial {
    const from = address.kind === "unix" ? undefined : localIp;
    const server = this.#servers.get(formatAddress(address));
    const dial = new MemoryDial(address, from, server, this.#loop, handler);
    if (from !== undefined && this.foreignIps.has(from)) dial.answer(failure("local", "EADDRNOTAVAIL"));
    return dial;
  }

  afterInput(callback: () => void): void {
    setImmediate(callback);
  }

  relay(client: Connection, backend: Connection, handler: RelayHandler, gate?: Gate): Relay {
    return new MemoryRelay({ client: own(client), backend: own(backend) }, this.#loop, handler, gate);
  }

  /** A client connects; it is accepted in the next turn. @throws where nobody listens. */
  connect(to: SocketAddress, from: Partial<ClientAddress> = {}): MemoryPeer {
    const ip = to.kind === "ip" && to.ip.includes(":") ? CLIENT_IPV6 : CLIENT_IPV4;
    return this.#listener(to).connect({ ip, port: this.#takePort(), ...from });
  }

  /** Accepting at that address fails once. */
  failAccept(at: SocketAddress, code: string): void {
    this.#listener(at).fail(code);
  }

  /** Puts a backend behind an address. */
  serve(address: SocketAddress): MemoryServer {
    const server = new MemoryServer(address);
    this.#servers.set(formatAddress(address), server);
    return server;
  }

  /** Lets everything that can happen happen once. @returns whether anything did. */
  turn(): boolean {
    return this.#loop.turn();
  }

  /** Turns until nothing happens any more. */
  settle(): void {
    this.#loop.settle();
  }

  /** Connections, relays and dials of the transport's that are not over. */
  get openCount(): number {
    return this.#loop.count(
      (stepper) =>
        stepper instanceof MemoryConnection || stepper instanceof MemoryRelay || stepper instanceof MemoryDial,
    );
  }

  #listener(address: SocketAddress): MemoryListener {
    const listener = this.#listeners.get(formatAddress(address));
    if (listener === undefined) throw new Error(`connect ECONNREFUSED ${formatAddress(address)}`);
    return listener;
  }

  #takePort(): number {
    this.#nextPort++;
    return this.#nextPort;
  }
}

function own(connection: Connection): MemoryConnection {
  if (connection instanceof MemoryConnection) return connection;
  throw new TypeError("a connection of another transport");
}
