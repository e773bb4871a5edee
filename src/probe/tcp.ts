import { connect } from "node:net";
import type { Clock, Timer } from "../clock.ts";
import { systemCode } from "../errors.ts";
import { dialFailure } from "../transport/failure.ts";
import type { SocketAddress } from "../wire/address.ts";
import type { ProxyVersion } from "../wire/proxy-reader.ts";
import { writeProxyHeader } from "../wire/proxy-writer.ts";
import type { ProbeResult } from "./result.ts";

/** How long a backend may take to answer our FIN. */
const LINGER_MS = 1_000;
const NO_BYTES: Uint8Array = new Uint8Array(0);

/**
 * Asks whether an address accepts a connection, and closes it with FIN: a reset is logged as an error by PostgreSQL and
 * others, an empty connection is not. What the backend says meanwhile is read, for closing a socket with unread data
 * sends a reset too (RFC 2525, section 2.17).
 *
 * The answer comes when it is connected; the socket is gone when the backend has closed as well, after LINGER_MS, or
 * when the signal says so.
 *
 * @param sendProxy a backend that expects a PROXY header takes a connection without one for an error.
 */
export function probeTcp(
  address: SocketAddress,
  clock: Clock,
  signal: AbortSignal,
  sendProxy?: ProxyVersion,
): Promise<ProbeResult> {
  const header = sendProxy === undefined ? NO_BYTES : ownHeader(sendProxy);
  return new Promise((resolve) => {
    const socket = connect(address.kind === "unix" ? { path: address.path } : { host: address.ip, port: address.port });
    let linger: Timer | undefined;
    const abort = (): void => {
      socket.destroy();
      resolve({ kind: "failed", reason: "timeout" });
    };
    signal.addEventListener("abort", abort, { once: true });
    socket.once("connect", () => {
      resolve({ kind: "ok" });
      linger = clock.setTimer(() => socket.destroy(), LINGER_MS);
      socket.resume().end(header);
    });
    socket.on("error", (error) => resolve(failure(systemCode(error) ?? error.message, address)));
    socket.once("close", () => {
      linger?.cancel();
      signal.removeEventListener("abort", abort);
    });
  });
}

/** It is on nobody's behalf. */
function ownHeader(version: ProxyVersion): Uint8Array {
  return writeProxyHeader({ version, source: undefined, destination: undefined, isLocal: true });
}

function failure(code: string, address: SocketAddress): ProbeResult {
  const kind = dialFailure(code, address).kind === "local" ? "inconclusive" : "failed";
  return { kind, reason: code };
}
