import { connectPeer } from "./peer.ts";
import { startPeerServer } from "./peer-server.ts";

/** An address that refuses, and that nobody else on the machine is given meanwhile. */
export interface Refuser extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** `host:port`. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * A port that was merely closed again would be given to the next socket of another test. Here a connection to somewhere
 * else is bound to it: the port is taken, yet nobody listens. A server that sets SO_REUSEADDR, as nearly all do, can
 * still start on it: so a backend comes to life where there was none, without a moment in which the port is free.
 */
export async function startRefuser(): Promise<Refuser> {
  const host = "127.0.0.1";
  const anchor = await startPeerServer();
  // localAddress makes Node bind the socket, which keeps the kernel from lending the port to dials as well.
  const holder = await connectPeer({ port: anchor.port, localAddress: host });
  const refuser: Refuser = {
    host,
    port: holder.localPort,
    address: `${host}:${holder.localPort}`,
    async close() {
      holder.reset();
      await holder.closed();
      await anchor.close();
    },
    [Symbol.asyncDispose]: () => refuser.close(),
  };
  return refuser;
}
