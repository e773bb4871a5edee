import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { systemCode } from "../../src/errors.ts";
import { withDeadline } from "./deadline.ts";
import { createPeer, type Peer } from "./peer.ts";

/** What a peer does once it is connected. test/support/behaviours.ts has those that are needed often. */
export type Behaviour = (peer: Peer) => void | Promise<void>;

export interface PeerServerOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default: any that is free. */
  readonly port?: number;
  /** A Unix socket instead of a port. */
  readonly path?: string;
  /** Nothing is read from what is accepted until `resume`. */
  readonly paused?: boolean;
}

/** A listening socket whose connections are peers. */
export interface PeerServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** `host:port`, or the path. */
  readonly address: string;
  /** All that were accepted, in order. */
  readonly peers: readonly Peer[];
  /** The next accepted peer that no earlier call has given out. Gives up in the end (deadline.ts). */
  next(): Promise<Peer>;
  /** Stops listening and resets what is still open. Idempotent. */
  close(): Promise<void>;
}

// What happens to a behaviour whose other side has left. Whatever else it throws fails the test.
const DEPARTURES = new Set(["ECONNRESET", "EPIPE", "ECANCELED", "ERR_STREAM_DESTROYED", "ERR_STREAM_WRITE_AFTER_END"]);

/** Without a behaviour the peers read and otherwise do what the test tells them. */
export async function startPeerServer(
  behave: Behaviour = () => {},
  options: PeerServerOptions = {},
): Promise<PeerServer> {
  const { host = "127.0.0.1", port = 0, path, paused = false } = options;
  const peers: Peer[] = [];
  const arrivals: (() => void)[] = [];
  let given = 0;

  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: paused }, (socket) => {
    if (paused) socket.pause();
    const peer = createPeer(socket);
    peers.push(peer);
    void run(behave, peer);
    arrivals.shift()?.();
  });
  server.listen(path === undefined ? { host, port } : { path });
  await once(server, "listening");
  const boundPort = portOf(server);
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    const closed = once(server, "close");
    server.close();
    for (const peer of peers) peer.reset();
    await withDeadline(closed, () => "a server to close");
  }

  const fixture: PeerServer = {
    host,
    port: boundPort,
    address: path ?? (host.includes(":") ? `[${host}]:${boundPort}` : `${host}:${boundPort}`),
    peers,
    async next() {
      const index = given;
      given += 1;
      const peer = peers[index] ?? (await arrival());
      return peer;

      async function arrival(): Promise<Peer> {
        await withDeadline(new Promise<void>((resolve) => arrivals.push(resolve)), () => `connection ${index + 1}`);
        const arrived = peers[index];
        if (arrived === undefined) throw new Error("unreachable: connections arrive in order");
        return arrived;
      }
    },
    close() {
      closing ??= close();
      return closing;
    },
    [Symbol.asyncDispose]: () => fixture.close(),
  };
  return fixture;
}

async function run(behave: Behaviour, peer: Peer): Promise<void> {
  try {
    await behave(peer);
  } catch (error) {
    if (!DEPARTURES.has(systemCode(error) ?? "")) throw error;
  }
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
