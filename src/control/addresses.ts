// Where it listens: which addresses of the configuration are open, and for which listener.

import type { Clock } from "../clock.ts";
import type { ListenerConfig } from "../config/config.ts";
import type { Lookup } from "../config/options.ts";
import { type Answer, ask } from "../discovery/lookup.ts";
import { LOOKUP_TIMEOUT_MS } from "../discovery/names.ts";
import { LbError, messageOf } from "../errors.ts";
import type { Log } from "../observe/log.ts";
import { type Address, claimOf, formatAddress, type SocketAddress } from "../wire/address.ts";
import type { DataPlane, Door } from "./data-plane.ts";
import { inTime } from "./deadline.ts";
import { type InheritedSocket, InheritedSockets } from "./inherited-sockets.ts";
import { openListeners } from "./listening.ts";

/** Where clients can connect. */
export interface ListeningAddress {
  readonly listener: string;
  /** `ip:port` or `unix:/path`; with the port that 0 became. */
  readonly address: string;
  /** Null for a unix socket. */
  readonly port: number | null;
}

/** An address as it is configured. */
export interface WantedAddress {
  /** Tells it from all others. */
  readonly key: string;
  readonly listener: string;
  readonly address: Address;
  /** Sockets that listen there already. */
  readonly inherited: readonly InheritedSocket[];
}

interface OpenAddress {
  listener: string;
  /** A name or a port alone may stand for several. */
  readonly doors: Door[];
  readonly inherited: InheritedSocket[];
}

export interface AddressesOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly dataPlane: Pick<DataPlane, "listen" | "assign" | "stopAccepting" | "transport" | "workers">;
  readonly lookup: Lookup;
  /** Default: none. */
  readonly inherited?: InheritedSockets;
}

/** Every address that is open. An address that stays in the configuration stays open, whatever else becomes of it. */
export class Addresses {
  readonly #options: AddressesOptions;
  readonly #inherited: InheritedSockets;
  readonly #open = new Map<string, OpenAddress>();
  #isClosed = false;
  /** The last socket that began to listen. */
  #binding: Promise<Door> | undefined;

  constructor(options: AddressesOptions) {
    this.#options = options;
    this.#inherited = options.inherited ?? new InheritedSockets();
  }

  get list(): readonly ListeningAddress[] {
    return [...this.#open.values()].flatMap(({ listener, doors }) =>
      doors.map(({ address }) => ({
        listener,
        address: formatAddress(address),
        port: address.kind === "ip" ? address.port : null,
      })),
    );
  }

  /** What these listeners want and is not open. */
  missing(listeners: readonly ListenerConfig[]): readonly WantedAddress[] {
    const all = wantedBy(listeners);
    const taken = new Set<InheritedSocket>();
    return all
      .filter(({ key }) => !this.#open.has(key))
      .map((wanted) => {
        const inherited = this.#inherited.for(wanted, all, taken);
        for (const socket of inherited) taken.add(socket);
        return { ...wanted, inherited };
      });
  }

  /** The keys of what is open and none of these listeners wants. */
  surplus(listeners: readonly ListenerConfig[]): readonly string[] {
    const wanted = new Set(wantedBy(listeners).map(({ key }) => key));
    return [...this.#open.keys()].filter((key) => !wanted.has(key));
  }

  /**
   * Listens there, on everything that it stands for.
   * @throws LbError `LB_ADDRESS_IN_USE`, `LB_PRIVILEGE`, `LB_ADDRESS_UNKNOWN`, `LB_LISTEN`; what it has opened before stays
   * open, to be closed by its key.
   */
  async open({ key, listener, address, inherited }: WantedAddress): Promise<void> {
    const opening: OpenAddress = { listener, doors: [], inherited: [] };
    this.#open.set(key, opening);
    if (inherited.length > 0) {
      for (const socket of inherited) await this.#listenOnInherited(opening, socket);
      return;
    }
    await openListeners(
      address,
      (target, dualStack) => this.#listen(opening, target, dualStack),
      (name) => this.#resolve(name),
    );
  }

  /** Addresses that another listener has now are that one's. */
  assign(listeners: readonly ListenerConfig[]): void {
    for (const { key, listener } of wantedBy(listeners)) {
      const open = this.#open.get(key);
      if (open === undefined || open.listener === listener) continue;
      open.listener = listener;
      for (const { id } of open.doors) this.#options.dataPlane.assign(id, listener);
    }
  }

  /** Frees addresses. Whoever the kernel has accepted is served where that is possible. Sessions go on. */
  async close(keys: readonly string[]): Promise<void> {
    const open = keys.flatMap((key) => this.#open.get(key) ?? []);
    for (const key of keys) this.#open.delete(key);
    const doors = open.flatMap((each) => each.doors);
    if (doors.length > 0) await this.#options.dataPlane.stopAccepting(doors.map(({ id }) => id));
    const inherited = open.flatMap((each) => each.inherited);
    for (const socket of inherited) this.#inherited.giveBack(socket);
    this.#sayUnused(inherited);
  }

  /** Warns of sockets that were inherited and that nobody listens on: whoever connects there waits in vain. */
  sayUnused(): void {
    this.#sayUnused(this.#inherited.free);
  }

  /** Frees all, for ever. */
  async closeAll(): Promise<void> {
    this.#isClosed = true;
    // One that is about to listen can't be stopped before; whether it succeeds is its caller's business.
    await this.#binding?.catch(() => {});
    await this.#options.dataPlane.stopAccepting();
    this.#open.clear();
  }

  /** Whether an address that is open may keep one from being opened: it is the same port, in another notation. */
  inItsWay({ key, address }: WantedAddress): ListeningAddress | undefined {
    if (address.kind === "unix" || this.#open.get(key)?.doors.length) return undefined;
    return this.list.find(({ port }) => port === address.port);
  }

  #listen(
    opening: OpenAddress,
    target: SocketAddress,
    dualStack: boolean,
    socket: InheritedSocket | undefined = this.#inherited.at(target),
  ): Promise<SocketAddress> {
    if (this.#isClosed) throw new LbError("LB_CLOSED", "listen: the balancer was closed before it listened");
    const { dataPlane, log } = this.#options;
    const { listener, doors } = opening;
    const lent = socket && this.#inherited.use(socket);
    if (socket !== undefined) opening.inherited.push(socket);
    this.#binding = dataPlane.listen(listener, target, dualStack, lent);
    return this.#binding.then((door) => {
      doors.push(door);
      const { transport, workers } = dataPlane;
      const address = formatAddress(door.address);
      const how = socket === undefined ? "" : `, inherited as descriptor ${socket.descriptor}`;
      log.info("listening", { listener, address, transport, workers }, `Listening on ${address}${how}`);
      return door.address;
    });
  }

  async #listenOnInherited(opening: OpenAddress, socket: InheritedSocket): Promise<void> {
    try {
      await this.#listen(opening, socket.address, false, socket);
    } catch (cause) {
      if (cause instanceof LbError) throw cause;
      const address = formatAddress(socket.address);
      const message = `cannot listen on ${address}, which was inherited as descriptor ${socket.descriptor}: ${messageOf(cause)}`;
      throw new LbError("LB_LISTEN", message, { details: { address }, cause });
    }
  }

  #sayUnused(sockets: readonly InheritedSocket[]): void {
    for (const { descriptor, name, address } of sockets) {
      const text = formatAddress(address);
      const message = `No listener has the inherited socket ${descriptor} on ${text}: who connects there waits in vain`;
      const remedy =
        "let a listener have this address, or close the socket where it was opened (in systemd: the .socket unit)";
      this.#options.log.warn("inherited", { descriptor, name, address: text }, `${message}; ${remedy}`);
    }
  }

  async #resolve(name: string): Promise<Answer> {
    const { clock, lookup } = this.#options;
    const answer = await inTime(clock, ask(lookup, name), LOOKUP_TIMEOUT_MS);
    return answer ?? { kind: "failure", reason: "no answer in time" };
  }
}

function wantedBy(listeners: readonly ListenerConfig[]): readonly Omit<WantedAddress, "inherited">[] {
  return listeners.flatMap(({ name, listen }) => {
    // Each port 0 is another: they are told apart by where they stand.
    let ports = 0;
    return listen.map((address) => {
      const claim = claimOf(address);
      if (claim !== undefined) return { key: claim, listener: name, address };
      ports++;
      return { key: `${name} ${formatAddress(address)} ${ports}`, listener: name, address };
    });
  });
}
