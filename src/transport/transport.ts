// The seam between sessions and sockets. A session decides, a transport moves bytes.
//
// The contract, which test/transport/transport.contract.ts checks on every transport:
// - No callback runs inside a call that the session makes.
// - Each accepted or dialled connection is reported closed exactly once: by `onConnectionClosed`, or, once it has been
//   handed to `relay`, by `onRelayEnded`, which speaks for both. After that no callback comes.
// - A clean end is passed on as FIN, a reset as RST. Bytes received before a reset are written to the other side first
//   (for at most FLUSH_BEFORE_RESET_MS). A cut stream never looks like a complete one.
// - Half-open is kept in both directions, during a dial as well.
// - A relay stops reading one side while the other will not take what it holds, and it holds a bounded amount.
// - One bulk stream never starves the rest: a direction moves at most BYTES_PER_TURN in a turn of the loop
//   (SPLICED_BYTES_PER_TURN by splice).

import type { SocketAddress } from "../wire/address.ts";

/** What a relay direction may move before the other connections get their turn. */
export const BYTES_PER_TURN: number = 256 * 1024;
/** The same where the kernel moves them without copying: it takes less time. */
export const SPLICED_BYTES_PER_TURN: number = 1024 * 1024;
/** The most that is kept of what a client sends before its backend is connected; more waits in the kernel. */
export const HELD_BYTES: number = 64 * 1024;
/** How long bytes that came before a reset may take to be written to the other side. */
export const FLUSH_BEFORE_RESET_MS = 1_000;
/** What is still read of a client that has been answered … */
export const LINGER_BYTES: number = 64 * 1024;
/** … and how long it may take to read the answer and finish. */
export const LINGER_MS = 2_000;

/**
 * Why a connection is closed. `finished`: both sides sent FIN. `reset`: the other side sent RST. `lost`: the other side
 * stopped answering, or the system gave up on the connection. `closed`: we did it.
 */
export type CloseCause = "finished" | "reset" | "lost" | "closed";

/** Whose fault a failed dial is decides what follows: `local` blames no backend and is not tried again. */
export type DialFailureKind = "refused" | "reset" | "unreachable" | "timeout" | "local";

export interface DialFailure {
  readonly kind: DialFailureKind;
  /** The system's code, `ECONNREFUSED`. */
  readonly code: string;
}

export interface ConnectionHandler {
  /**
   * The answer to `peek`: everything received and not taken yet, valid during the call.
   * @param ended no more will come: the other side sent FIN.
   */
  onPrefix(prefix: Uint8Array, ended: boolean): void;
  /** The connection is gone and its descriptor free. */
  onConnectionClosed(connection: Connection, cause: CloseCause, code: string | null): void;
}

/** One connection. Whoever holds it owns its socket, until it is handed to `relay` or reported closed. */
export interface Connection {
  /** The other side, `ip:port`; `unix:` where it has no name. */
  readonly remoteAddress: string;
  /** The other side's IP without a port; empty for a unix socket. */
  readonly remoteIp: string;
  /** Our side, `ip:port` or `unix:/path`. */
  readonly localAddress: string;
  /** Says who is told; to be called before the callback returns that delivered the connection. */
  own(handler: ConnectionHandler): void;
  /**
   * Asks for `onPrefix` once more than `beyondBytes` have been received, or the other side has finished.
   * @param beyondBytes fewer than HELD_BYTES, as more is never shown.
   */
  peek(beyondBytes: number): void;
  /** Takes `countBytes` of what `onPrefix` showed, so that they are not relayed. */
  take(countBytes: number): void;
  /** Sends bytes of our own, before a relay. The buffer belongs to the transport afterwards. */
  write(bytes: Uint8Array): void;
  /** Sends FIN after what was written. */
  finish(): void;
  /**
   * Says the last word: sends `bytes`, which belong to the transport afterwards, and FIN, and closes when the other side
   * has finished too, but after LINGER_MS at the latest. Until then it reads and discards what was received, peeked bytes
   * included, and LINGER_BYTES more: closing with bytes unread sends RST, and that destroys the answer. With no bytes it
   * is a farewell, to a backend that was dialled in vain, say. `onConnectionClosed` follows; meanwhile only `reset` may
   * be called.
   */
  answer(bytes: Uint8Array): void;
  /** Sends RST at once; what was not sent yet is dropped. */
  reset(): void;
}

export interface DialHandler extends ConnectionHandler {
  onDialled(connection: Connection): void;
  onDialFailed(failure: DialFailure): void;
}

export interface Dial {
  /** No callback comes after it. Idempotent. */
  cancel(): void;
}

export type Side = "client" | "backend";

export interface RelayHandler {
  /** One side has sent FIN, and the other has not yet. Not called for a FIN that came before the relay. */
  onHalfClosed(relay: Relay): void;
  /** Both connections are gone and their descriptors free. */
  onRelayEnded(relay: Relay): void;
}

/**
 * Decides how much of what a client sends goes on to its backend: the first request of a connection, and nothing after
 * it. What does not go on is read and discarded, so that the client never waits; it is neither counted nor activity.
 * FIN and RST are passed on as always, and none before the client's own.
 */
export interface Gate {
  /** Everything goes on from now on, and nobody asks any more. To be changed within `pass` only. */
  readonly isOpen: boolean;
  /**
   * Sees every byte once, in order, within `relay` too. They are valid during the call.
   * @returns how many of them go on. Once it is fewer than there are, nothing that follows does, and nobody asks any more.
   */
  pass(bytes: Uint8Array): number;
}

/** Two connections joined. Readable during the relay and after it. */
export interface Relay {
  /** Client to backend, as received; what a gate has kept back left out. */
  readonly bytesUp: number;
  /** Backend to client, as received. */
  readonly bytesDown: number;
  /** When the backend's first byte came; NaN before. */
  readonly firstByteAtMs: number;
  /** When the last bytes or the last FIN came, or waiting bytes were taken. */
  readonly lastActivityAtMs: number;
  /** The side whose FIN came first, if one has. */
  readonly finishedFirst: Side | undefined;
  /** The side that failed, if one has: neither, when both finished or `abort` was called before. */
  readonly failedSide: Side | undefined;
  /** How that side failed. */
  readonly failure: "reset" | "lost" | undefined;
  /** The system's code of that failure, where it gave one. */
  readonly failureCode: string | null;
  /** Resets both sides at once. `onRelayEnded` follows. */
  abort(): void;
}

export interface SocketOptions {
  /** Silence before TCP keepalive asks; Infinity for none. */
  readonly keepaliveMs: number;
  /** How long sent bytes may stay unacknowledged before the connection is lost; left out or Infinity: the system's. */
  readonly userTimeoutMs?: number;
  /**
   * Where a dial comes from: an IP of this machine, of the family that is dialled. Left out: the system's choice, as for
   * a unix socket always. Where it can't be had, the dial fails as `local`.
   */
  readonly localIp?: string;
}

export interface ListenOptions extends SocketOptions {
  readonly backlog: number;
  /** Whether `::` takes IPv4 clients as well; by default it does not, so that `0.0.0.0` can stand beside it. */
  readonly dualStack?: boolean;
  /** Whether others of this process listen there, too: the system spreads the clients. From Node 22.12 on, not everywhere. */
  readonly reusePort?: boolean;
  /** A socket that listens already, to be used and closed instead of a new one; for the net transport only. */
  readonly descriptor?: number;
}

export interface ListenerHandler {
  /** Whether there is no room for another client: a transport that can leave them waiting in the kernel asks before. */
  isFull(): boolean;
  /** A client is connected; the handler must `own` it before it returns. */
  onConnection(connection: Connection): void;
  /** Accepting failed (EMFILE …); nothing that is connected is touched and accepting goes on. */
  onAcceptFailed(code: string): void;
}

export interface TransportListener {
  /** The address it really listens on: the port that 0 became. */
  readonly address: SocketAddress;
  /** Stops accepting and frees the address; connections go on. Idempotent. */
  close(): void;
}

export interface Transport {
  readonly kind: "net" | "linux" | "memory";
  /** Rejects with the system's error. */
  listen(address: SocketAddress, options: ListenOptions, handler: ListenerHandler): Promise<TransportListener>;
  /**
   * Never times out by itself: the caller cancels.
   * @param client whose bytes go to the connection first. Where some have arrived already, the handshake may end with them.
   */
  dial(address: SocketAddress, options: SocketOptions, handler: DialHandler, client?: Connection): Dial;
  /** Calls back once what has arrived by now has been delivered: for whoever finds that the process was stopped. */
  afterInput(callback: () => void): void;
  /**
   * Takes both connections over, with what has been received and not taken; a `peek` that nobody has answered is over.
   * What was written before stays before what is relayed.
   */
  relay(client: Connection, backend: Connection, handler: RelayHandler, gate?: Gate): Relay;
}
