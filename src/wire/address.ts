// Addresses as people write and read them. Pure: names are looked up elsewhere.

import { isIP, isIPv6 } from "node:net";

/** An address that may still hold a name. */
export type Address =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** An address that a socket can be dialled at: never a name. */
export type SocketAddress =
  | { readonly kind: "ip"; readonly ip: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** The host of `:80`: every address of the machine, both families where it has both. */
export const ANY_HOST = "";

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** An IPv4 address that arrived over a dual-stack socket, as IPv4; anything else as it is. */
export function plainIp(ip: string): string {
  return MAPPED_IPV4.exec(ip)?.[1] ?? ip;
}

/** `ip:port`, `[ip]:port`, `host:port`, `:port`. */
export function formatHostPort(host: string, port: number): string {
  const plain = plainIp(host);
  return isIPv6(plain) ? `[${plain}]:${port}` : `${plain}:${port}`;
}

export function formatAddress(address: Address | SocketAddress): string {
  switch (address.kind) {
    case "tcp":
      return formatHostPort(address.host, address.port);
    case "ip":
      return formatHostPort(address.ip, address.port);
    case "unix":
      return `unix:${address.path}`;
  }
}

/** What `formatHostPort` has written of an IP; undefined for anything else. */
export function parseIpPort(text: string): Extract<SocketAddress, { kind: "ip" }> | undefined {
  const colon = text.lastIndexOf(":");
  const digits = text.slice(colon + 1);
  const ip = text.startsWith("[") ? text.slice(1, colon - 1) : text.slice(0, colon);
  if (isIP(ip) === 0 || (isIPv6(ip) && !text.startsWith("[")) || !/^\d{1,5}$/.test(digits)) return undefined;
  const port = Number(digits);
  return port > 65_535 ? undefined : { kind: "ip", ip, port };
}

/** The socket address of an address that holds no name, or undefined. */
export function literalSocketAddress(address: Address): SocketAddress | undefined {
  if (address.kind === "unix") return address;
  return isIP(address.host) === 0 ? undefined : { kind: "ip", ip: plainIp(address.host), port: address.port };
}

/** What a second listener can't listen on as well; undefined for port 0, which takes a free one each time. */
export function claimOf(address: Address): string | undefined {
  return address.kind === "tcp" && address.port === 0 ? undefined : formatAddress(address);
}
