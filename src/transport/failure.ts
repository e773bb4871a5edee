import { networkInterfaces } from "node:os";
import type { SocketAddress } from "../wire/address.ts";
import type { DialFailure, DialFailureKind } from "./transport.ts";

// connect(2) and socket(2) fail with these when this machine is short of something; no backend is to blame.
const LOCAL_CODES: ReadonlySet<string> = new Set([
  "EADDRINUSE",
  "EADDRNOTAVAIL",
  "EMFILE",
  "ENFILE",
  "ENOBUFS",
  "ENOMEM",
  "EPERM",
]);

const KINDS: Readonly<Record<string, DialFailureKind>> = {
  ECONNREFUSED: "refused",
  // A unix socket whose file is not there is a backend that has not been started.
  ENOENT: "refused",
  ECONNRESET: "reset",
  EPIPE: "reset",
  ETIMEDOUT: "timeout",
};

/** Turns the system's code of a failed dial into whose fault it is. Total: what is not known is unreachable. */
export function dialFailure(
  code: string,
  address: SocketAddress,
  machineHasIpv6: () => boolean = hasIpv6,
): DialFailure {
  // Without any IPv6 address connect(2) to ::1 gives EADDRNOTAVAIL as well. That is the address's fault, not a shortage
  // of local ports: the other addresses of the name must still be tried.
  const shortOfPorts = code !== "EADDRNOTAVAIL" || !isIpv6(address) || machineHasIpv6();
  if (LOCAL_CODES.has(code) && shortOfPorts) return { kind: "local", code };
  return { kind: KINDS[code] ?? "unreachable", code };
}

/** Whether a system code on an established connection means that the other side sent RST. */
export function isReset(code: string): boolean {
  return code === "ECONNRESET" || code === "EPIPE" || code === "ECONNABORTED";
}

function isIpv6(address: SocketAddress): boolean {
  return address.kind === "ip" && address.ip.includes(":");
}

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ family }) => family === "IPv6"));
}
