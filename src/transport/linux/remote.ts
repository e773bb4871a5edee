// The other side of a connection. Its text is made when somebody asks, because for most connections nobody does.

import { formatAddress, type SocketAddress } from "../../wire/address.ts";
import { AF_INET } from "./constants.ts";
import { readSocketAddress } from "./socket-address.ts";

export interface Remote {
  readonly isTcp: boolean;
  /** Empty for a unix socket. */
  readonly ip: string;
  /** `ip:port`, or `unix:`. */
  readonly text: string;
}

/** @param from what accept4(2) wrote. */
export function remoteOf(from: Buffer): Remote {
  if (from.readUInt16LE(0) === AF_INET) return new Ipv4Remote(from.readInt32BE(4), from.readUInt16BE(2));
  return new NamedRemote(readSocketAddress(from));
}

class Ipv4Remote implements Remote {
  readonly isTcp = true;
  readonly #ip: number;
  readonly #port: number;
  /** Routes and the headers of a request ask for it again. */
  #ipText: string | undefined;

  constructor(ip: number, port: number) {
    this.#ip = ip;
    this.#port = port;
  }

  get ip(): string {
    const ip = this.#ip;
    this.#ipText ??= `${ip >>> 24}.${(ip >>> 16) & 255}.${(ip >>> 8) & 255}.${ip & 255}`;
    return this.#ipText;
  }

  get text(): string {
    return `${this.ip}:${this.#port}`;
  }
}

export class NamedRemote implements Remote {
  readonly #address: SocketAddress;

  constructor(address: SocketAddress) {
    this.#address = address;
  }

  get isTcp(): boolean {
    return this.#address.kind === "ip";
  }

  get ip(): string {
    return this.#address.kind === "ip" ? this.#address.ip : "";
  }

  get text(): string {
    return formatAddress(this.#address);
  }
}
