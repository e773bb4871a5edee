// Listening sockets that somebody else has opened and keeps, as systemd does. They are lent: whatever happens here, they
// listen on, and whoever connects while nobody accepts waits for the next process.

import { LbError } from "../errors.ts";
import { duplicateDescriptor } from "../transport/linux/inherited.ts";
import { type Address, ANY_HOST, formatAddress, literalSocketAddress, type SocketAddress } from "../wire/address.ts";
import { IP_WORDS, readIp } from "../wire/ip.ts";

/** One of them. */
export interface InheritedSocket {
  readonly descriptor: number;
  /** What its owner calls it; it may be a listener's name. Empty for none. */
  readonly name: string;
  /** Where it listens. */
  readonly address: SocketAddress;
}

/** One that is in use. */
export interface LentSocket {
  readonly descriptor: number;
  /** A descriptor for a loop that closes what it has listened on; undefined where there is none left. */
  copy(): number | undefined;
}

/** @throws LbError `LB_LISTEN` where there is none left. */
export function copyOf(socket: LentSocket): number {
  const copy = socket.copy();
  if (copy !== undefined) return copy;
  const remedy = "without koffi it can be used once; restart lb-tcp";
  throw new LbError("LB_LISTEN", `cannot listen on the inherited socket ${socket.descriptor} again: ${remedy}`);
}

interface Wanted {
  readonly listener: string;
  readonly address: Address;
}

/** Which of them are in use. */
export class InheritedSockets {
  readonly #free: Set<InheritedSocket>;
  readonly #duplicate: (descriptor: number) => number | undefined;
  /** Those that some loop closes: without koffi there is no copy. */
  readonly #spent = new Set<number>();

  /** @param duplicate Another descriptor of the same socket, where the machine can. */
  constructor(sockets: readonly InheritedSocket[] = [], duplicate: typeof duplicateDescriptor = duplicateDescriptor) {
    this.#free = new Set(sockets);
    this.#duplicate = duplicate;
  }

  /** Those that nobody uses. */
  get free(): readonly InheritedSocket[] {
    return [...this.#free];
  }

  /**
   * Those for one of the addresses of a configuration: what is bound to it, or else what has the name of its listener
   * and is bound to none of them.
   * @param without what others are to have.
   */
  for(wanted: Wanted, all: readonly Wanted[], without: ReadonlySet<InheritedSocket>): readonly InheritedSocket[] {
    const left = this.free.filter((socket) => !without.has(socket));
    const bound = left.filter((socket) => isBoundTo(socket, wanted.address));
    if (bound.length > 0) return bound;
    const named = left.find(
      (socket) => socket.name === wanted.listener && !all.some(({ address }) => isBoundTo(socket, address)),
    );
    return named === undefined ? [] : [named];
  }

  /** The one that is bound there. */
  at(target: SocketAddress): InheritedSocket | undefined {
    return this.free.find(({ address }) => isSame(address, target));
  }

  use(socket: InheritedSocket): LentSocket {
    this.#free.delete(socket);
    const { descriptor } = socket;
    return { descriptor, copy: () => this.#duplicate(descriptor) ?? this.#last(descriptor) };
  }

  giveBack(socket: InheritedSocket): void {
    this.#free.add(socket);
  }

  #last(descriptor: number): number | undefined {
    if (this.#spent.has(descriptor)) return undefined;
    this.#spent.add(descriptor);
    return descriptor;
  }
}

function isBoundTo({ address }: InheritedSocket, wanted: Address): boolean {
  const literal = literalSocketAddress(wanted);
  if (literal !== undefined) return isSame(address, literal);
  if (wanted.kind === "unix" || wanted.host !== ANY_HOST || address.kind === "unix") return false;
  return address.port === wanted.port && (address.ip === "::" || address.ip === "0.0.0.0");
}

function isSame(one: SocketAddress, other: SocketAddress): boolean {
  if (one.kind === "unix" || other.kind === "unix") return formatAddress(one) === formatAddress(other);
  return one.port === other.port && keyOf(one.ip) === keyOf(other.ip);
}

/** However it is written; the list of the kernel's names no zones. */
function keyOf(ip: string): string {
  const words = new Uint32Array(IP_WORDS);
  return readIp(ip, words) ? words.join() : ip;
}
