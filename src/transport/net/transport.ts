import type { Clock } from "../../clock.ts";
import type { SocketAddress } from "../../wire/address.ts";
import type { Connection, DialHandler, RelayHandler, SocketOptions, Transport } from "../transport.ts";
import { NetConnection } from "./connection.ts";
import { NetDial } from "./dial.ts";
import { listen } from "./listener.ts";
import { NetRelay } from "./relay.ts";

/** The transport over node:net: portable, in the caller's own thread. */
export function createNetTransport(clock: Clock): Transport {
  return {
    kind: "net",
    listen,
    dial: (address: SocketAddress, options: SocketOptions, handler: DialHandler) =>
      new NetDial(address, options, handler),
    // After its timers Node polls for I/O, and then come the immediates.
    afterInput: (callback) => void setImmediate(callback),
    relay: (client: Connection, backend: Connection, handler: RelayHandler) =>
      new NetRelay(own(client), own(backend), clock, handler),
  };
}

function own(connection: Connection): NetConnection {
  if (connection instanceof NetConnection) return connection;
  throw new TypeError("a connection of another transport");
}
