import type { SocketAddress } from "../../wire/address.ts";
import type {
  Connection,
  Dial,
  Gate,
  ListenerHandler,
  ListenOptions,
  Relay,
  RelayHandler,
  SocketOptions,
  Transport,
  TransportListener,
} from "../transport.ts";
import { silenceBell } from "./bell.ts";
import { LinuxConnection } from "./connection.ts";
import { EPOLLIN } from "./constants.ts";
import { LinuxDial } from "./dial.ts";
import { systemError } from "./errno.ts";
import { LateOptions } from "./late-options.ts";
import { LinuxListener } from "./listener.ts";
import { openListeningSockets } from "./listening-sockets.ts";
import { Loop, type LoopOptions } from "./loop.ts";
import { Pipes } from "./pipes.ts";
import { LinuxRelay } from "./relay.ts";

/** The transport over raw system calls. It does nothing but in `turn`. */
export interface LinuxTransport extends Transport {
  readonly kind: "linux";
  /**
   * Accepts from a listening socket that belongs to somebody else, who closes it after this listener is closed. `close`
   * accepts what is complete in the queue, then leaves the socket alone.
   * @param isInherited another process accepts from it after this one: what is in the queue is left to that.
   */
  accept(
    descriptor: number,
    address: SocketAddress,
    options: SocketOptions,
    handler: ListenerHandler,
    isInherited?: boolean,
  ): TransportListener;
  /** Calls back in a turn after the bell has rung. The bell stays its owner's. */
  watchBell(bell: number, onRing: () => void): void;
  /** Waits for events for at most so long, and handles them. Callbacks run in here only. */
  turn(maxWaitMs: number): void;
  /** Frees what the loop itself has open. Connections and listeners are to be closed before. */
  close(): void;
}

export type LinuxTransportOptions = LoopOptions;

/** @throws where koffi is missing, or this machine does not have the calls. */
export function createLinuxTransport(options: LinuxTransportOptions): LinuxTransport {
  const loop = new Loop(options);
  const pipes = new Pipes(loop);
  const lateOptions = new LateOptions(loop);
  return {
    kind: "linux",
    async listen(address: SocketAddress, listenOptions: ListenOptions, handler: ListenerHandler) {
      const sockets = await openListeningSockets(address, listenOptions, 1);
      const listener = new LinuxListener({
        loop,
        descriptor: sockets.descriptorOf(0),
        address: sockets.address,
        options: listenOptions,
        handler,
        onClose: () => sockets.close(),
      });
      return {
        address: sockets.address,
        close() {
          sockets.refuseNew();
          listener.close();
        },
      };
    },
    accept: (descriptor, address, socketOptions, handler, isInherited = false) =>
      new LinuxListener({
        loop,
        descriptor,
        address,
        options: socketOptions,
        handler,
        isInherited,
        onClose: () => {},
      }),
    dial: (address, socketOptions, handler, client): Dial =>
      new LinuxDial({ loop, lateOptions }, address, socketOptions, handler, client && own(client)),
    relay: (client: Connection, backend: Connection, handler: RelayHandler, gate?: Gate): Relay =>
      new LinuxRelay(own(client), own(backend), pipes, handler, gate),
    afterInput: (callback) => loop.afterInput(callback),
    watchBell(bell, onRing) {
      const onEvents = (): void => {
        silenceBell(bell);
        onRing();
      };
      const errno = loop.watch(loop.occupy(), bell, EPOLLIN, { onEvents, onBug: () => {} });
      if (errno !== 0) throw systemError("epoll_ctl", errno);
    },
    turn: (maxWaitMs) => loop.turn(maxWaitMs),
    close() {
      lateOptions.close();
      pipes.close();
      loop.close();
    },
  };
}

function own(connection: Connection): LinuxConnection {
  if (connection instanceof LinuxConnection) return connection;
  throw new TypeError("a connection of another transport");
}
