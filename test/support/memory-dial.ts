import type { Dial, DialFailure, DialHandler } from "../../src/transport/transport.ts";
import { formatAddress, type SocketAddress } from "../../src/wire/address.ts";
import { MemoryConnection } from "./memory-connection.ts";
import type { MemoryLoop, Stepper } from "./memory-loop.ts";
import { MemoryPeer } from "./memory-peer.ts";
import { type DialAnswer, failure, type MemoryServer } from "./memory-server.ts";
import { Wire } from "./memory-wire.ts";

/** One dial of the transport in memory. What is behind the address decides in the next turn. */
export class MemoryDial implements Dial, Stepper {
  readonly #address: SocketAddress;
  readonly #localIp: string | undefined;
  readonly #server: MemoryServer | undefined;
  readonly #loop: MemoryLoop;
  readonly #handler: DialHandler;
  #answer: DialAnswer | undefined;

  constructor(
    address: SocketAddress,
    localIp: string | undefined,
    server: MemoryServer | undefined,
    loop: MemoryLoop,
    handler: DialHandler,
  ) {
    this.#address = address;
    this.#localIp = localIp;
    this.#server = server;
    this.#loop = loop;
    this.#handler = handler;
    if (server !== undefined) server.dialCount++;
    loop.add(this);
  }

  cancel(): void {
    const server = this.#server;
    // Whoever is not in the loop any more is over.
    if (!this.#loop.has(this)) return;
    this.#loop.remove(this);
    if (server === undefined) return;
    server.cancelCount++;
    const place = server.waiting.indexOf(this);
    if (place >= 0) server.waiting.splice(place, 1);
  }

  /** What a waiting dial becomes, in the next turn. */
  answer(answer: DialAnswer): void {
    this.#answer = answer;
  }

  step(): boolean {
    if (this.#answer === "wait") return false;
    this.#answer ??= this.#server?.nextAnswer() ?? this.#refusal();
    if (this.#answer === "wait") {
      this.#server?.waiting.push(this);
      return true;
    }
    this.#loop.remove(this);
    if (this.#answer !== "accept") this.#handler.onDialFailed(this.#answer);
    else this.#handler.onDialled(this.#accepted());
    return true;
  }

  #refusal(): DialFailure {
    return failure("refused", this.#address.kind === "unix" ? "ENOENT" : "ECONNREFUSED");
  }

  #accepted(): MemoryConnection {
    const up = new Wire();
    const down = new Wire();
    const remoteAddress = formatAddress(this.#address);
    const remoteIp = this.#address.kind === "ip" ? this.#address.ip : "";
    const connection = new MemoryConnection({ remoteAddress, remoteIp, localAddress: "" }, this.#loop, down, up);
    connection.own(this.#handler);
    const peer = new MemoryPeer(remoteAddress, this.#loop, up, down);
    peer.dialledFrom = this.#localIp ?? "";
    this.#server?.peers.push(peer);
    this.#server?.onAccept(peer);
    return connection;
  }
}
