// Where the admin address listens: TCP and unix sockets, each a server of its own.

import { chmodSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { ListenOptions, Socket } from "node:net";
import { openListeners } from "../control/listening.ts";
import { ask, systemLookup } from "../discovery/lookup.ts";
import { checkUnixSocket, publishUnixSocket, temporarySocketPath } from "../transport/unix-socket.ts";
import { type Address, formatAddress, plainIp, type SocketAddress } from "../wire/address.ts";
import type { Entrance } from "./authority.ts";
import type { Visitors } from "./visitors.ts";

export type Serve = (request: IncomingMessage, response: ServerResponse) => void;

/** Whoever gets no further than this is an attacker, or has lost its connection. */
const HEADERS_MS = 5_000;
const REQUEST_MS = 10_000;
/** Longer than Prometheus waits between two scrapes; whoever is idle gives way when it gets full. */
const KEEP_ALIVE_MS = 65_000;
/** How often Node looks for those that are too slow. */
const CHECK_MS = 1_000;
/** Enough for a flood: whoever finds it full tries again a second later, and a probe has no more than that. */
const BACKLOG = 1_024;
const MOST_HEADER_BYTES: number = 16 * 1024;

interface Door {
  readonly server: Server;
  readonly address: string;
  readonly removeName: () => void;
}

/** Servers that share one way to serve. */
export class Doors {
  readonly #serve: Serve;
  readonly #visitors: Visitors;
  readonly #doors: Door[] = [];
  readonly #entrances = new WeakMap<Socket, Entrance>();

  constructor(serve: Serve, visitors: Visitors) {
    this.#serve = serve;
    this.#visitors = visitors;
  }

  /** `ip:port` or `unix:/path`. */
  get addresses(): readonly string[] {
    return this.#doors.map(({ address }) => address);
  }

  entranceOf({ socket }: IncomingMessage): Entrance {
    // A socket that is not known here is nobody's whom we trust.
    return this.#entrances.get(socket) ?? { kind: "tcp", isLoopback: false, clientIp: socket.remoteAddress ?? "" };
  }

  /** @throws LbError as `start` of `Admin`; nothing listens then. */
  async open(addresses: readonly Address[]): Promise<void> {
    try {
      for (const address of addresses) {
        await openListeners(
          address,
          (target, dualStack) => this.#listen(target, dualStack),
          (name) => ask(systemLookup, name),
        );
      }
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Resolves when nothing is open any more. */
  async close(): Promise<void> {
    const closed = this.#doors.splice(0).map(({ server, removeName }) => {
      removeName();
      return new Promise<void>((resolve) => void server.close(() => resolve()));
    });
    this.#visitors.close();
    await Promise.all(closed);
  }

  async #listen(target: SocketAddress, dualStack: boolean): Promise<SocketAddress> {
    const server = this.#server(target);
    if (target.kind === "unix") {
      await checkUnixSocket(target.path);
      const path = temporarySocketPath(target.path);
      await listening(server, { path, backlog: BACKLOG });
      // Before anybody can find it.
      chmodSync(path, 0o600);
      this.#doors.push({ server, address: formatAddress(target), removeName: publishUnixSocket(path, target.path) });
      return target;
    }
    await listening(server, { host: target.ip, port: target.port, ipv6Only: !dualStack, backlog: BACKLOG });
    const bound = server.address();
    const port = bound === null || typeof bound === "string" ? target.port : bound.port;
    const address: SocketAddress = { kind: "ip", ip: target.ip, port };
    this.#doors.push({ server, address: formatAddress(address), removeName: () => {} });
    return address;
  }

  #server(target: SocketAddress): Server {
    const server = createServer({
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_MS,
      maxHeaderSize: MOST_HEADER_BYTES,
    });
    const isLoopback = target.kind === "ip" && isLoopbackIp(target.ip);
    server.on("connection", (socket: Socket) => {
      const clientIp = plainIp(socket.remoteAddress ?? "");
      this.#entrances.set(socket, target.kind === "unix" ? { kind: "unix" } : { kind: "tcp", isLoopback, clientIp });
      this.#visitors.enter(socket, target.kind === "unix" ? "unix" : clientIp);
    });
    server.on("request", this.#serve);
    // The handler asks for the body when it wants one.
    server.on("checkContinue", this.#serve);
    return server;
  }
}

function listening(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ ...options, exclusive: true }, () => {
      server.removeListener("error", reject);
      // Accepting may fail for want of descriptors: then somebody waits a little longer.
      server.on("error", () => {});
      resolve();
    });
  });
}

function isLoopbackIp(ip: string): boolean {
  return ip === "::1" || ip.startsWith("127.");
}
