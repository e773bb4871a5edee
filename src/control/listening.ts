// From an address as configured to sockets that listen, and from the system's refusals to what the user can do.

import type { Answer } from "../discovery/lookup.ts";
import { type ErrorCode, LbError, messageOf, systemCode } from "../errors.ts";
import { type Address, ANY_HOST, formatAddress, literalSocketAddress, type SocketAddress } from "../wire/address.ts";

/** Listens on one address. Rejects with the system's error. */
/** @param dualStack whether `::` takes IPv4 clients as well. */
export type Listen = (address: SocketAddress, dualStack: boolean) => Promise<SocketAddress>;
/** Never rejects. */
export type Resolve = (name: string) => Promise<Answer>;

type Named = Extract<Address, { readonly kind: "tcp" }>;

/** What bind(2) says to an IPv6 address on a machine without IPv6; the second one also to an address of another machine. */
const NO_SUCH_ADDRESS: ReadonlySet<string | undefined> = new Set(["EAFNOSUPPORT", "EADDRNOTAVAIL"]);

/**
 * Listens on everything that `address` stands for.
 *
 * @returns what it really listens on.
 * @throws LbError `LB_ADDRESS_IN_USE`, `LB_PRIVILEGE`, `LB_ADDRESS_UNKNOWN`, `LB_LISTEN`; what it has opened before stays
 * open.
 */
export async function openListeners(
  address: Address,
  listen: Listen,
  resolve: Resolve,
): Promise<readonly SocketAddress[]> {
  const literal = literalSocketAddress(address);
  if (literal !== undefined) return [await listenOn(literal, address, listen)];
  // A path is literal, so this is TypeScript's question only.
  if (address.kind === "unix") return [];
  const { host, port } = address;
  // Both families over one socket, or IPv4 alone where the machine has no IPv6.
  if (host === ANY_HOST) return listenOnThose(["::", "0.0.0.0"], 1, address, listen);
  // With port 0 each would get another port, and nobody could say which is the listener's.
  const mostSockets = port === 0 ? 1 : Number.POSITIVE_INFINITY;
  return listenOnThose(await addressesOf(address, resolve), mostSockets, address, listen);
}

async function addressesOf(address: Named, resolve: Resolve): Promise<readonly string[]> {
  const answer = await resolve(address.host);
  if (answer.kind === "addresses") return answer.addresses;
  const problem = `the name "${address.host}" does not resolve (${answer.reason})`;
  const remedy = `${problem}; write an IP address of this machine, or :PORT for all of them`;
  throw refusal("LB_ADDRESS_UNKNOWN", address, remedy);
}

/** In that order. IPv6 is left out where the machine has none: in many a container `localhost` is ::1 all the same. */
async function listenOnThose(
  ips: readonly string[],
  mostSockets: number,
  address: Named,
  listen: Listen,
): Promise<readonly SocketAddress[]> {
  const opened: SocketAddress[] = [];
  let missing: LbError | undefined;
  for (const ip of ips) {
    if (opened.length === mostSockets) break;
    try {
      opened.push(await listenOn({ kind: "ip", ip, port: address.port }, address, listen));
    } catch (error) {
      if (!(error instanceof LbError) || !ip.includes(":") || !NO_SUCH_ADDRESS.has(systemCode(error.cause)))
        throw error;
      missing = error;
    }
  }
  if (opened.length === 0 && missing !== undefined) throw missing;
  return opened;
}

async function listenOn(target: SocketAddress, address: Address, listen: Listen): Promise<SocketAddress> {
  try {
    return await listen(target, address.kind === "tcp" && address.host === ANY_HOST);
  } catch (error) {
    throw error instanceof LbError ? error : explained(error, address);
  }
}

function explained(error: unknown, address: Address): LbError {
  const isUnix = address.kind === "unix";
  switch (systemCode(error)) {
    case "EADDRINUSE":
      return refusal("LB_ADDRESS_IN_USE", address, isUnix ? UNIX_IN_USE : IN_USE, error);
    case "EACCES":
    case "EPERM":
      return refusal("LB_PRIVILEGE", address, isUnix ? UNIX_PRIVILEGE : PRIVILEGE, error);
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
      return refusal("LB_ADDRESS_UNKNOWN", address, UNKNOWN, error);
    case "ENOENT":
    case "ENOTDIR":
      return refusal("LB_LISTEN", address, "its folder does not exist; make it, or choose another path", error);
    case undefined:
    default:
      return refusal("LB_LISTEN", address, messageOf(error), error);
  }
}

const IN_USE = "the address is in use; stop the other process (`ss -ltnp` shows it) or choose another port";
const UNIX_IN_USE = "the path is in use; stop the other process (`ss -lxp` shows it) or choose another path";
const PRIVILEGE =
  "permission denied; ports below 1024 need a privilege: choose a port from 1024 up, give node " +
  "CAP_NET_BIND_SERVICE (setcap, or AmbientCapabilities in systemd), or lower net.ipv4.ip_unprivileged_port_start";
const UNIX_PRIVILEGE = "permission denied; the folder must be writable for this user";
const UNKNOWN =
  "this machine has no such address; write one of its own (`ip addr` shows them), or :PORT for all of them";

function refusal(code: ErrorCode, address: Address, remedy: string, cause?: unknown): LbError {
  const text = formatAddress(address);
  return new LbError(code, `cannot listen on ${text}: ${remedy}`, { details: { address: text }, cause });
}
