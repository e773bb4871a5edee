import { createHash } from "node:crypto";
import { once } from "node:events";
import { readSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { systemCode } from "../../src/errors.ts";
import { withDeadline } from "./deadline.ts";

const FIRST_KEPT_BYTES = 65_536;
const LAST_KEPT_BYTES = 1_024;

/** What came from the other side until it ended, and how it ended. */
interface PeerEnd {
  /**
   * `finished`: its FIN came. `reset`: the connection broke, `code` says how. `closed`: this side closed first, with
   * `reset()` or because the fixture was closed.
   */
  readonly how: "finished" | "reset" | "closed";
  readonly code: string | undefined;
  readonly byteCount: number;
  readonly sha256: string;
  /** At most 64 KiB. */
  readonly first: Buffer;
  /** At most 1 KiB. */
  readonly last: Buffer;
}

/**
 * One end of a real connection, half-open allowed: either direction ends by itself. Reads from the start unless it is
 * paused, and keeps no more than counts, a hash, and the first and last bytes. All waits give up in the end (deadline.ts).
 */
export interface Peer {
  readonly localPort: number;
  readonly remotePort: number;
  /** Bytes received so far. */
  readonly byteCount: number;
  /** The first 64 KiB received so far. */
  readonly first: Buffer;
  /** For what a peer does not offer. */
  readonly socket: Socket;
  /** Resolves when the operating system has taken all of it, rejects when the connection broke before. */
  send(bytes: string | Uint8Array): Promise<void>;
  /** Sends each in turn, without holding more than one. */
  sendAll(chunks: Iterable<Uint8Array>): Promise<void>;
  /** FIN, after `bytes` in the same breath if there are any. Resolves when it is on its way; reading goes on. */
  finish(bytes?: string | Uint8Array): Promise<void>;
  /** RST and no FIN before it. What has not been flushed is gone. A Unix socket has no RST and is merely closed. */
  reset(): void;
  /** Stops reading; up to 64 KiB more may be taken, unless it was paused from the start. */
  pause(): void;
  resume(): void;
  /** The first bytes (at most 64 KiB), as soon as `byteCount` came; rejects when the other side ends before. */
  received(byteCount: number): Promise<Buffer>;
  /** How the other side's direction ended. A paused peer does not notice an end. */
  ended(): Promise<PeerEnd>;
  /** Resolves when both directions are over and the descriptor is closed. */
  closed(): Promise<void>;
}

export interface Target {
  /** Default 127.0.0.1. */
  readonly host?: string;
  readonly port?: number;
  /** A Unix socket instead of a port. */
  readonly path?: string;
  /** To come from another loopback address than 127.0.0.1. */
  readonly localAddress?: string;
  /** Nothing is read until `resume`. */
  readonly paused?: boolean;
}

/**
 * Connects; rejects with the system's error when it can't. Where the other side accepts and resets at once, the reset may
 * come before this side has seen that it is connected: then the peer has ended in it already.
 */
export async function connectPeer(target: Target): Promise<Peer> {
  const { paused = false, host = "127.0.0.1", port = 0, path, localAddress } = target;
  const socket = connect({
    ...(path === undefined ? { host, port } : { path }),
    ...(localAddress === undefined ? {} : { localAddress }),
    allowHalfOpen: true,
    noDelay: true,
  });
  // Before it connects: Node reads by itself from then on.
  if (paused) socket.pause();
  try {
    await withDeadline(once(socket, "connect"), () => `a connection to ${path ?? `${host}:${port}`}`);
  } catch (error) {
    socket.destroy();
    const code = systemCode(error);
    if (code === "ECONNRESET") return createPeer(socket, code);
    throw error;
  }
  return createPeer(socket);
}

/**
 * Takes a connected socket over. Nothing else may read from it or close it.
 * @param resetCode how the connection broke, if it has already.
 */
export function createPeer(socket: Socket, resetCode?: string): Peer {
  const localPort = socket.localPort ?? 0;
  const remotePort = socket.remotePort ?? 0;
  const hash = createHash("sha256");
  const first: Buffer[] = [];
  let last: Buffer = Buffer.alloc(0);
  let byteCount = 0;
  let end: PeerEnd | undefined;
  // Called after each change of the two above, until they say true.
  const waiters = new Set<() => boolean>();

  function wake(): void {
    for (const waiter of waiters) if (waiter()) waiters.delete(waiter);
  }

  function settle(how: PeerEnd["how"], code?: string): void {
    if (end !== undefined) return;
    end = { how, code, byteCount, sha256: hash.digest("hex"), first: Buffer.concat(first), last };
    wake();
  }

  async function until(isTrue: () => boolean, what: () => string): Promise<void> {
    if (isTrue()) return;
    let waiter = isTrue;
    const reached = new Promise<void>((resolve) => {
      waiter = () => {
        if (!isTrue()) return false;
        resolve();
        return true;
      };
      waiters.add(waiter);
    });
    try {
      await withDeadline(reached, () => `${what()}, with ${byteCount} bytes received`);
    } finally {
      waiters.delete(waiter);
    }
  }

  if (resetCode !== undefined) settle("reset", resetCode);
  socket.on("error", (error) => settle("reset", systemCode(error)));
  socket.on("end", () => {
    const code = pendingError(socket);
    settle(code === undefined ? "finished" : "reset", code);
  });
  socket.on("close", () => {
    settle("closed");
    wake();
  });
  socket.on("data", (chunk: Buffer) => {
    hash.update(chunk);
    if (byteCount < FIRST_KEPT_BYTES) first.push(chunk.subarray(0, FIRST_KEPT_BYTES - byteCount));
    last = Buffer.concat([last, chunk.subarray(-LAST_KEPT_BYTES)]).subarray(-LAST_KEPT_BYTES);
    byteCount += chunk.length;
    wake();
  });

  const peer: Peer = {
    localPort,
    remotePort,
    socket,
    get byteCount() {
      return byteCount;
    },
    get first() {
      return Buffer.concat(first);
    },
    send: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    async sendAll(chunks) {
      for (const chunk of chunks) await peer.send(chunk);
    },
    finish: (bytes = "") =>
      new Promise((resolve, reject) => {
        socket.end(bytes, (error?: Error | null) => (error ? reject(error) : resolve()));
      }),
    reset() {
      // While a FIN is on its way, which takes less than a turn, libuv refuses to reset; Node then takes the socket for
      // closed, which it is not, and waits for its close when the process ends, for ever (Node 20 to 26).
      const { destroyed, writableEnded, writableFinished, writableLength } = socket;
      if (!destroyed && writableEnded && !writableFinished && writableLength === 0) {
        socket.once("finish", () => peer.reset());
        return;
      }
      // What resetAndDestroy sets, without the shutdown that it does first and that sends a FIN (Node 20 to 26). A Unix
      // socket has no port and no RST: there a close is all there is.
      if (localPort !== 0) Object.assign(socket, { resetAndClosing: true });
      socket.destroy();
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    async received(count) {
      await until(
        () => byteCount >= count || end !== undefined,
        () => `${count} bytes`,
      );
      if (byteCount < count) throw new Error(`${end?.how} after ${byteCount} of ${count} bytes`);
      return peer.first;
    },
    async ended() {
      await until(
        () => end !== undefined,
        () => "the end",
      );
      if (end === undefined) throw new Error("unreachable: waited until it was there");
      return end;
    },
    closed: () =>
      until(
        () => socket.closed,
        () => "the close",
      ),
  };
  return peer;
}

/**
 * The error behind what Node takes for an end. When data and RST arrive in one turn, libuv (Node 20 and 22) reports the end
 * of the stream and leaves the error in the kernel: read(2) gives that, and 0 after a FIN, whatever became of the
 * connection since. The kernel's list of connections tells less: one that ended in order may be missing there, too, when
 * there is no room for another TIME_WAIT.
 */
function pendingError(socket: Socket): string | undefined {
  const handle: unknown = Reflect.get(socket, "_handle");
  if (typeof handle !== "object" || handle === null || !("fd" in handle)) return undefined;
  if (typeof handle.fd !== "number" || handle.fd < 0) return undefined;
  try {
    readSync(handle.fd, Buffer.alloc(1));
    return undefined;
  } catch (error) {
    return systemCode(error);
  }
}
