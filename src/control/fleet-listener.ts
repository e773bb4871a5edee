// One address that all workers of a fleet accept from.

import type { Clock } from "../clock.ts";
import type { ListenerSnapshot } from "../session/context.ts";
import { adoptListeningSocket } from "../transport/linux/inherited.ts";
import { openListeningSockets } from "../transport/linux/listening-sockets.ts";
import { createNetTransport } from "../transport/net/transport.ts";
import type { Connection } from "../transport/transport.ts";
import type { SocketAddress } from "../wire/address.ts";
import type { Question } from "../worker/message.ts";
import type { LentSocket } from "./inherited-sockets.ts";

export interface FleetListener {
  /** The port that 0 became. */
  readonly address: SocketAddress;
  readonly door: number;
  /** Whose clients come in there. It may change. */
  listener: string;
  /** What a worker is asked, so that it accepts there; undefined where it is not to. */
  questionFor(worker: number): Question | undefined;
  /** No new client gets in; those whom the kernel has accepted wait on. Nothing happens where that is not possible. */
  refuseNew(): void;
  /** Once no worker accepts any more. */
  close(): void;
}

/** A socket for each worker, which belong to this thread: they outlive a worker. Rejects with the system's error. */
export async function openForLinux(
  door: number,
  { name, backlog, keepaliveMs, userTimeoutMs }: ListenerSnapshot,
  address: SocketAddress,
  dualStack: boolean,
  workers: number,
): Promise<FleetListener> {
  const sockets = await openListeningSockets(address, { backlog, keepaliveMs, userTimeoutMs, dualStack }, workers);
  const opened: FleetListener = {
    door,
    listener: name,
    address: sockets.address,
    questionFor(worker) {
      const { listener } = opened;
      return { kind: "accept", door, listener, address: sockets.address, descriptor: sockets.descriptorOf(worker) };
    },
    refuseNew: () => sockets.refuseNew(),
    close: () => sockets.close(),
  };
  return opened;
}

/**
 * An address where each worker listens by itself. Several can on a port; on a unix socket only one.
 * Rejects with the system's error.
 */
export async function openForNet(
  door: number,
  { name, keepaliveMs }: ListenerSnapshot,
  asked: SocketAddress,
  dualStack: boolean,
  clock: Clock,
): Promise<FleetListener> {
  const address = asked.kind === "ip" ? await claim(asked, { keepaliveMs, dualStack }, clock) : asked;
  const opened: FleetListener = {
    door,
    listener: name,
    address,
    questionFor(worker) {
      if (address.kind === "unix" && worker !== 0) return undefined;
      return { kind: "listen", door, listener: opened.listener, address, dualStack };
    },
    refuseNew() {},
    close() {},
  };
  return opened;
}

/** A socket that somebody else has opened, for all workers. @throws the system's error */
export function lendTo(
  transport: "net" | "linux",
  door: number,
  { name, backlog, keepaliveMs, userTimeoutMs }: ListenerSnapshot,
  address: SocketAddress,
  socket: LentSocket,
): FleetListener {
  const { descriptor } = socket;
  if (transport === "linux") adoptListeningSocket(descriptor, address, { backlog, keepaliveMs, userTimeoutMs });
  const opened: FleetListener = {
    door,
    listener: name,
    address,
    questionFor() {
      const { listener } = opened;
      if (transport === "linux") return { kind: "accept", door, listener, address, descriptor, isInherited: true };
      // Each in its own loop, which closes it. Where there are no copies, the first has it.
      const inherited = socket.copy();
      return inherited === undefined
        ? undefined
        : { kind: "listen", door, listener, address, dualStack: false, inherited };
    },
    // Whoever comes from now on waits for the next process.
    refuseNew() {},
    close() {},
  };
  return opened;
}

/**
 * That nobody else listens there, and the port that 0 becomes: whoever shares a port can't tell. It is free again when
 * this returns, so that the workers can have it.
 */
async function claim(
  address: SocketAddress,
  options: { readonly keepaliveMs: number; readonly dualStack: boolean },
  clock: Clock,
): Promise<SocketAddress> {
  const claimed = await createNetTransport(clock).listen(
    address,
    { ...options, backlog: 1 },
    {
      isFull: () => false,
      onAcceptFailed() {},
      // As early as that: it is as if nobody listened yet.
      onConnection(connection: Connection) {
        connection.own({ onPrefix() {}, onConnectionClosed() {} });
        connection.reset();
      },
    },
  );
  claimed.close();
  return claimed.address;
}
