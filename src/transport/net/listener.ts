import { createServer, type ListenOptions as NetListenOptions, type Server, type Socket } from "node:net";
import type { Clock } from "../../clock.ts";
import { systemCode } from "../../errors.ts";
import { formatAddress, formatHostPort, plainIp, type SocketAddress } from "../../wire/address.ts";
import type { ListenerHandler, ListenOptions, TransportListener } from "../transport.ts";
import { checkUnixSocket, publishUnixSocket, temporarySocketPath } from "../unix-socket.ts";
import { NetConnection } from "./connection.ts";
import { netSocketOptions } from "./socket.ts";

/** A client of a unix socket has no name. */
const UNNAMED: SocketAddress = { kind: "unix", path: "" };

/**
 * Listens over node:net. Accepting can't be paused without losing what waits in the kernel, so a limit has to accept and
 * reset; and libuv accepts until nothing waits, however many that are.
 */
export async function listen(
  address: SocketAddress,
  options: ListenOptions,
  clock: Clock,
  handler: ListenerHandler,
): Promise<TransportListener> {
  const server = createServer(netSocketOptions(options));
  const removeName = await bind(server, address, options);
  const listening = listeningAddress(server, address);
  const local = isWildcard(listening) ? undefined : formatAddress(listening);
  server.on("connection", (socket) => {
    const connection = accepted(socket, clock, listening.kind, local);
    if (connection !== undefined) handler.onConnection(connection);
  });
  server.on("error", (error) => handler.onAcceptFailed(systemCode(error) ?? error.message));
  let isClosed = false;
  return {
    address: listening,
    close(): void {
      if (isClosed) return;
      isClosed = true;
      removeName();
      // It frees the address at once; its callback would wait for the connections.
      server.close();
    },
  };
}

/** @returns removes what binding left in the file system. */
async function bind(
  server: Server,
  address: SocketAddress,
  { backlog, dualStack = false, reusePort = false, descriptor }: ListenOptions,
): Promise<() => void> {
  if (descriptor !== undefined) {
    await startListening(server, { fd: descriptor, backlog, exclusive: true });
    return () => {};
  }
  if (address.kind === "ip") {
    // A second lb-tcp on the port must fail. Where workers share it, the control plane has made sure of that.
    // Node's types know reusePort from 22 on only.
    const options = {
      host: address.ip,
      port: address.port,
      ipv6Only: !dualStack,
      backlog,
      exclusive: true,
      ...(reusePort ? { reusePort } : {}),
    };
    await startListening(server, options);
    return () => {};
  }
  await checkUnixSocket(address.path);
  const path = temporarySocketPath(address.path);
  await startListening(server, { path, backlog, exclusive: true });
  return publishUnixSocket(path, address.path);
}

/** `fd` is of Node's since long, but not of its types. */
function startListening(server: Server, options: NetListenOptions & { readonly fd?: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
}

function listeningAddress(server: Server, asked: SocketAddress): SocketAddress {
  const bound = server.address();
  if (asked.kind === "unix" || bound === null || typeof bound === "string") return asked;
  return { kind: "ip", ip: asked.ip, port: bound.port };
}

function isWildcard(listening: SocketAddress): boolean {
  return listening.kind === "ip" && (listening.ip === "0.0.0.0" || listening.ip === "::");
}

/** @param local where all its clients arrive; undefined where each may arrive at another address. */
function accepted(
  socket: Socket,
  clock: Clock,
  kind: SocketAddress["kind"],
  local: string | undefined,
): NetConnection | undefined {
  if (kind === "unix") return new NetConnection(socket, clock, { remote: UNNAMED, local: local ?? "" });
  const { remoteAddress, remotePort } = socket;
  // The client has reset the connection while it waited to be accepted: there is nobody to serve.
  if (remoteAddress === undefined || remotePort === undefined) {
    socket.on("error", () => {}).destroy();
    return undefined;
  }
  return new NetConnection(socket, clock, {
    remote: { kind: "ip", ip: plainIp(remoteAddress), port: remotePort },
    local: local ?? formatHostPort(socket.localAddress ?? "", socket.localPort ?? 0),
  });
}
