import type { Clock } from "../../clock.ts";
import type { SocketAddress } from "../../wire/address.ts";
import type {
  Connection,
  DialHandler,
  Gate,
  ListenerHandler,
  ListenOptions,
  RelayHandler,
  SocketOptions,
  Transport,
} from "../transport.ts";
import { NetConnection } from "./connection.ts";
import { NetDial } from "./dial.ts";
import { listen } from "./listener.ts";
import { NetRelay } from "./relay.ts";

/** The transport over node:net: portable, in the caller's own thread. */
export function createNetTransport(clock: Clock): Transport {
  return {
    kind: "net",
    listen: (address: SocketAddress, options: ListenOptions, handler: ListenerHandler) =>
      listen(address, options, clock, handler),
    dial: (address: SocketAddress, options: SocketOptions, handler: DialHandler) =>
      new NetDial(address, options, clock, handler),
    // After its timers Node polls for I/O, and then come the immediates.
    afterInput: (callback) => void setImmediate(callback),
    relay: (client: Connection, backend: Connection, handler: RelayHandler, gate?: Gate) =>
      new NetRelay(own(client), own(backend), clock, handler, gate),
  };
}

function own(connection: Connection): NetConnection {
  if (connection instanceof NetConnection) return connection;
  throw new TypeError("a connection of another transport");
}
