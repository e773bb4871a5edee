import { Socket } from "node:net";
import { systemCode } from "../../errors.ts";
import type { SocketAddress } from "../../wire/address.ts";
import { dialFailure } from "../failure.ts";
import type { Dial, DialHandler, SocketOptions } from "../transport.ts";
import { NetConnection } from "./connection.ts";
import { ReadBuffer } from "./read-buffer.ts";
import { netSocketOptions } from "./socket.ts";

/** One try to reach an address. Only IP addresses and paths: Node gives each address of a name 250 ms (nodejs/node#54359). */
export class NetDial implements Dial {
  readonly #connection: NetConnection;
  readonly #address: SocketAddress;
  readonly #handler: DialHandler;

  constructor(address: SocketAddress, options: SocketOptions, handler: DialHandler) {
    this.#address = address;
    this.#handler = handler;
    const readBuffer = new ReadBuffer();
    // Node takes net.connect's options here too, and its types leave them out.
    const socketOptions = {
      ...netSocketOptions(options),
      onread: {
        buffer: () => readBuffer.memory,
        callback: (countBytes: number) => this.#connection.read(countBytes, readBuffer),
      },
    };
    const socket = new Socket(socketOptions);
    this.#connection = new NetConnection(socket, { remote: address }, this);
    socket.connect(address.kind === "unix" ? { path: address.path } : { host: address.ip, port: address.port });
  }

  cancel(): void {
    if (this.#isOver()) return;
    this.#end();
    this.#connection.socket.destroy();
  }

  succeeded(): void {
    this.#end();
    this.#connection.own(this.#handler);
    this.#handler.onDialled(this.#connection);
  }

  failed(error: Error): void {
    this.#end();
    this.#handler.onDialFailed(dialFailure(systemCode(error) ?? error.message, this.#address));
  }

  #isOver(): boolean {
    return this.#connection.dial === undefined;
  }

  #end(): void {
    this.#connection.dial = undefined;
  }
}
