// What surrounds a transport in its contract suite: other ends that connect to it and that it dials, and time. Over real
// sockets in real-world.ts; over the transport in memory beside that transport.

import type { Transport } from "../../src/transport/transport.ts";
import type { SocketAddress } from "../../src/wire/address.ts";

export type AddressFamily = "ipv4" | "ipv6" | "unix";

/** What came from the transport until it ended, and how it ended. */
export interface WorldEnd {
  /** `finished`: its FIN came. `reset`: its RST came. `closed`: this end closed first. */
  readonly how: "finished" | "reset" | "closed";
  readonly byteCount: number;
  /** Of everything that came. */
  readonly sha256: string;
}

/**
 * The other end of one of the transport's connections. It reads from the start unless it is paused, and either
 * direction ends by itself. All waits give up after some seconds of real time, with an error that says what for.
 */
export interface WorldPeer {
  /** Its own address, as the transport should name it; `unix:` where it has none. */
  readonly address: string;
  /** The IP that the transport dialled it from. */
  readonly dialledFrom: string;
  /** Bytes received so far. */
  readonly byteCount: number;
  /** Bytes that have left this end: taken by its system, whoever has them now. */
  readonly sentCount: number;
  /** Resolves when its system has taken all of it; rejects when the connection broke before. */
  send(bytes: string | Uint8Array): Promise<void>;
  /** Sends each in turn, without holding more than one. */
  sendAll(chunks: Iterable<Uint8Array>): Promise<void>;
  /** FIN; after `bytes` in the same turn, if there are any. Resolves when it is on its way. */
  finish(bytes?: string | Uint8Array): Promise<void>;
  /** RST; after `bytes` in the same turn, if there are any. */
  reset(bytes?: string | Uint8Array): void;
  /** Stops reading; one buffer more may be taken. */
  pause(): void;
  resume(): void;
  /** The first bytes (at most 64 KiB), as soon as `byteCount` came; rejects when the transport ends before. */
  received(byteCount: number): Promise<Buffer>;
  /** How the transport's direction ended. A paused peer notices a RST only when it resumes. */
  ended(): Promise<WorldEnd>;
  /** Both directions are over and this end is closed. */
  closed(): Promise<void>;
}

export interface WorldServer {
  readonly address: SocketAddress;
  /** The next accepted peer that no earlier call has given out. */
  next(): Promise<WorldPeer>;
}

/** It runs by itself while a test awaits something; only its clock does not. */
export interface TransportWorld extends AsyncDisposable {
  /** On a clock that stands still until `advance`. */
  readonly transport: Transport;
  /**
   * The most that can be on its way between a peer and the transport without either holding it: the buffers of both
   * sockets of one connection.
   */
  bufferBytes(family: AddressFamily): number;
  /** What the transport may hold beyond its bounds, because it learns of bytes only when it has read them. */
  readonly readAheadBytes: number;
  /** A free address to listen on, with port 0 where there are ports. Undefined where the family is missing. */
  listenAddress(family: AddressFamily): SocketAddress | undefined;
  /** A client. */
  connect(to: SocketAddress, options?: { readonly paused?: boolean }): Promise<WorldPeer>;
  /** A client that is connected and has sent RST before the transport can have accepted it. */
  connectAndLeave(to: SocketAddress): void;
  /** A server that the transport can dial. `paused`: what it accepts reads nothing until `resume`. */
  serve(family: AddressFamily, options?: { readonly paused?: boolean }): Promise<WorldServer>;
  /** An IP that is not this machine's. */
  readonly foreignIp: string;
  /** An address that refuses every dial. */
  refuser(): Promise<SocketAddress>;
  /** An address where dials are neither taken nor refused. Undefined where there can be none. */
  blackHole(): Promise<SocketAddress | undefined>;
  /** Lets the transport's clock move on. */
  advance(ms: number): void;
  /** Resolves when what is on its way has arrived and the transport has answered it. */
  settle(): Promise<void>;
  /** Settles until it is true; gives up after some seconds of real time. */
  until(isTrue: () => boolean, what: string): Promise<void>;
  /** Closes every peer and server. Connections of the transport are not its business. */
  [Symbol.asyncDispose](): Promise<void>;
}

export type CreateWorld = () => Promise<TransportWorld>;
