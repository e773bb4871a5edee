// One test of a transport: a world, the transport in it, and whatever has been accepted, dialled and joined.

import { rejects } from "node:assert/strict";
import type { Connection, Dial, Gate, Relay, TransportListener } from "../../src/transport/transport.ts";
import type { SocketAddress } from "../../src/wire/address.ts";
import { Acceptor, Callbacks, Dialler, type Owner, RelayObserver } from "./callbacks.ts";
import type { AddressFamily, TransportWorld, WorldPeer } from "./world.ts";

const LISTENING = { backlog: 128, keepaliveMs: 15_000 };
const DIALLING = { keepaliveMs: 15_000 };

/** A connection of the transport and its other end. */
export interface Link {
  readonly peer: WorldPeer;
  readonly connection: Connection;
  readonly owner: Owner;
}

/** A relay and the other ends of both its connections. */
export interface Pair {
  readonly client: WorldPeer;
  readonly backend: WorldPeer;
  readonly relay: Relay;
  readonly observer: RelayObserver;
}

export interface PairOptions {
  readonly client?: AddressFamily;
  readonly backend?: AddressFamily;
  /** Reads nothing until `resume`. */
  readonly paused?: "client" | "backend";
}

export class Scene {
  readonly world: TransportWorld;
  readonly callbacks: Callbacks = new Callbacks();
  readonly #listeners: TransportListener[] = [];
  readonly #links: { readonly connection: Connection; readonly owner: Owner }[] = [];
  readonly #relays: { readonly relay: Relay; readonly observer: RelayObserver }[] = [];
  readonly #acceptors: Acceptor[] = [];
  readonly #dials: { readonly dial: Dial; readonly dialler: Dialler }[] = [];

  constructor(world: TransportWorld) {
    this.world = world;
  }

  async listen(where: AddressFamily | SocketAddress): Promise<{ listener: TransportListener; acceptor: Acceptor }> {
    const acceptor = new Acceptor(this.callbacks);
    const address = typeof where === "string" ? this.addressOf(where) : where;
    const listener = await this.world.transport.listen(address, LISTENING, acceptor);
    this.#listeners.push(listener);
    this.#acceptors.push(acceptor);
    return { listener, acceptor };
  }

  /** That the transport does not listen there. */
  async cannotListen(address: SocketAddress, error: object): Promise<void> {
    await rejects(this.world.transport.listen(address, LISTENING, new Acceptor(this.callbacks)), error);
  }

  addressOf(family: AddressFamily): SocketAddress {
    const address = this.world.listenAddress(family);
    if (address === undefined) throw new Error(`no ${family} here: ask before`);
    return address;
  }

  /** A client of the transport. */
  async accept(family: AddressFamily = "ipv4", options: { paused?: boolean } = {}): Promise<Link> {
    const { listener, acceptor } = await this.listen(family);
    const peer = await this.world.connect(listener.address, options);
    return { peer, ...(await acceptor.next()) };
  }

  /** Starts a dial. */
  dial(
    address: SocketAddress,
    onConnection?: (connection: Connection) => void,
    options: { readonly localIp?: string; readonly client?: Connection } = {},
  ): { dial: Dial; dialler: Dialler } {
    const dialler = new Dialler(this.callbacks);
    dialler.onConnection = (connection) => {
      this.#links.push({ connection, owner: dialler });
      onConnection?.(connection);
    };
    const { localIp, client } = options;
    const dialling = localIp === undefined ? DIALLING : { ...DIALLING, localIp };
    const dial = this.callbacks.during(() => this.world.transport.dial(address, dialling, dialler, client));
    this.#dials.push({ dial, dialler });
    return { dial, dialler };
  }

  cancel({ dial, dialler }: { dial: Dial; dialler: Dialler }): void {
    dialler.isReleased = true;
    this.callbacks.during(() => dial.cancel());
  }

  /** A server that the transport has dialled. */
  async reach(family: AddressFamily = "ipv4", options: { paused?: boolean } = {}): Promise<Link> {
    const server = await this.world.serve(family, options);
    const { dialler } = this.dial(server.address);
    const peer = await server.next();
    return { peer, connection: await dialler.dialled(), owner: dialler };
  }

  relay(client: Link, backend: Link, gate?: Gate): Pair {
    return {
      client: client.peer,
      backend: backend.peer,
      ...this.join(client.connection, client.owner, backend.connection, backend.owner, gate),
    };
  }

  join(
    client: Connection,
    clientOwner: Owner,
    backend: Connection,
    backendOwner: Owner,
    gate?: Gate,
  ): { relay: Relay; observer: RelayObserver } {
    const observer = new RelayObserver(this.callbacks);
    clientOwner.isReleased = true;
    backendOwner.isReleased = true;
    const relay = this.callbacks.during(() => this.world.transport.relay(client, backend, observer, gate));
    this.#relays.push({ relay, observer });
    return { relay, observer };
  }

  /** A client, a backend and a relay between them. */
  async pair({ client = "ipv4", backend = "ipv4", paused }: PairOptions = {}): Promise<Pair> {
    const accepted = await this.accept(client, { paused: paused === "client" });
    const reached = await this.reach(backend, { paused: paused === "backend" });
    return this.relay(accepted, reached);
  }

  reset(connection: Connection): void {
    this.callbacks.during(() => connection.reset());
  }

  abort(relay: Relay): void {
    this.callbacks.during(() => relay.abort());
  }

  /** Ends what is still open, waits for its reports, and checks what holds for all callbacks. */
  async close(): Promise<void> {
    for (const listener of this.#listeners) this.callbacks.during(() => listener.close());
    for (const dialling of this.#dials) {
      if (dialling.dialler.connection === undefined && dialling.dialler.failure === undefined) this.cancel(dialling);
    }
    for (const { relay, observer } of this.#relays) if (!observer.isEnded) this.abort(relay);
    // A transport may deliver those whom the kernel had accepted.
    await this.world.settle();
    const links = [...this.#links, ...this.#acceptors.flatMap(({ accepted }) => accepted)];
    const owned = links.filter(({ owner }) => !owner.isReleased);
    for (const { connection, owner } of owned) if (owner.closing === undefined) this.reset(connection);
    await Promise.all([
      ...owned.map(({ owner }) => owner.closed()),
      ...this.#relays.map(({ observer }) => observer.ended()),
    ]);
    // What comes too late comes now.
    await this.world.settle();
    this.callbacks.check();
  }
}
