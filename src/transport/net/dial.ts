import { Socket, type SocketConnectOpts } from "node:net";
import type { Clock } from "../../clock.ts";
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

  constructor(address: SocketAddress, options: SocketOptions, clock: Clock, handler: DialHandler) {
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
    this.#connection = new NetConnection(socket, clock, { remote: address }, this);
    socket.connect(connectOptions(address, options));
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
    const code = systemCode(error) ?? error.message;
    // Of bind(2), which needs no backend to fail.
    const isLocal = "syscall" in error && error.syscall === "bind";
    this.#handler.onDialFailed(isLocal ? { kind: "local", code } : dialFailure(code, this.#address));
  }

  #isOver(): boolean {
    return this.#connection.dial === undefined;
  }

  #end(): void {
    this.#connection.dial = undefined;
  }
}

function connectOptions(address: SocketAddress, { localIp }: SocketOptions): SocketConnectOpts {
  if (address.kind === "unix") return { path: address.path };
  const { ip: host, port } = address;
  return localIp === undefined ? { host, port } : { host, port, localAddress: localIp };
}
