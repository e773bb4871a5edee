// struct sockaddr_in, sockaddr_in6 and sockaddr_un: the same layout on x64 and arm64, both little-endian for the family,
// the port in network order.

import { networkInterfaces } from "node:os";
import { plainIp, type SocketAddress } from "../../wire/address.ts";
import { AF_INET, AF_INET6, AF_UNIX } from "./constants.ts";

/** sizeof(struct sockaddr_un), the largest of the three. */
export const SOCKET_ADDRESS_BYTES = 110;

const IPV4_BYTES = 16;
const IPV6_BYTES = 28;
const PATH_OFFSET = 2;
const IPV6_IP_OFFSET = 8;
const IPV6_SCOPE_OFFSET = 24;

export function familyOf(address: SocketAddress): number {
  if (address.kind === "unix") return AF_UNIX;
  return address.ip.includes(":") ? AF_INET6 : AF_INET;
}

/**
 * Writes an address for bind(2) or connect(2).
 * @param into SOCKET_ADDRESS_BYTES
 * @returns its length; -1 for a path that is too long for a socket.
 */
export function writeSocketAddress(address: SocketAddress, into: Buffer): number {
  into.fill(0);
  into.writeUInt16LE(familyOf(address), 0);
  if (address.kind === "unix") return writePath(address.path, into);
  into.writeUInt16BE(address.port, 2);
  if (address.ip.includes(":")) return writeIpv6(address.ip, into);
  writeIpv4(address.ip, into, 4);
  return IPV4_BYTES;
}

/** Reads what accept4(2) or getsockname(2) wrote; an IPv4 address that came over a dual-stack socket as IPv4. */
export function readSocketAddress(from: Buffer): SocketAddress {
  const family = from.readUInt16LE(0);
  const port = from.readUInt16BE(2);
  if (family === AF_INET) return { kind: "ip", ip: ipv4Text(from, 4), port };
  if (family === AF_INET6) return { kind: "ip", ip: readIpv6(from), port };
  // Its clients have no names.
  return { kind: "unix", path: "" };
}

function writePath(path: string, into: Buffer): number {
  const length = Buffer.byteLength(path);
  // One byte is the NUL behind it.
  if (PATH_OFFSET + length >= SOCKET_ADDRESS_BYTES) return -1;
  into.write(path, PATH_OFFSET);
  return PATH_OFFSET + length + 1;
}

function writeIpv4(ip: string, into: Buffer, offset: number): void {
  for (const [index, part] of ip.split(".").entries()) into[offset + index] = Number(part);
}

function writeIpv6(text: string, into: Buffer): number {
  const [ip = "", zone] = text.split("%");
  const [head = "", tail] = withoutDots(ip).split("::");
  const before = groupsOf(head);
  const after = groupsOf(tail ?? "");
  for (const [index, group] of before.entries()) into.writeUInt16BE(group, IPV6_IP_OFFSET + 2 * index);
  const afterOffset = IPV6_IP_OFFSET + 16 - 2 * after.length;
  for (const [index, group] of after.entries()) into.writeUInt16BE(group, afterOffset + 2 * index);
  if (zone !== undefined) into.writeUInt32LE(zoneNumber(zone), IPV6_SCOPE_OFFSET);
  return IPV6_BYTES;
}

/** `::ffff:1.2.3.4` in hexadecimal groups. */
function withoutDots(ip: string): string {
  const start = ip.lastIndexOf(":") + 1;
  if (!ip.includes(".", start)) return ip;
  const [a = 0, b = 0, c = 0, d = 0] = ip.slice(start).split(".").map(Number);
  return `${ip.slice(0, start)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

function groupsOf(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
}

/** A zone is an interface's name or its number (RFC 4007 section 11). */
function zoneNumber(zone: string): number {
  if (/^\d+$/.test(zone)) return Number(zone);
  // Only link-local addresses say in which zone they are; a global one may stand before them.
  for (const found of networkInterfaces()[zone] ?? []) {
    if (found.family === "IPv6" && found.scopeid > 0) return found.scopeid;
  }
  return 0;
}

function readIpv6(from: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => from.readUInt16BE(IPV6_IP_OFFSET + 2 * index));
  const ip = plainIp(ipv6Text(groups, from));
  const scope = from.readUInt32LE(IPV6_SCOPE_OFFSET);
  return scope === 0 ? ip : `${ip}%${zoneName(scope)}`;
}

function ipv4Text(from: Buffer, offset: number): string {
  return `${from[offset]}.${from[offset + 1]}.${from[offset + 2]}.${from[offset + 3]}`;
}

/** RFC 5952: lower case, no leading zeros, the first of the longest runs of zero groups shortened. */
function ipv6Text(groups: readonly number[], from: Buffer): string {
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return `::ffff:${ipv4Text(from, IPV6_IP_OFFSET + 12)}`;
  let [start, length] = [0, 1];
  for (let from = 0; from < groups.length; from++) {
    let to = from;
    while (to < groups.length && groups[to] === 0) to++;
    if (to - from > length) [start, length] = [from, to - from];
  }
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(":");
  return `${hex.slice(0, start).join(":")}::${hex.slice(start + length).join(":")}`;
}

function zoneName(scope: number): string {
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    if (addresses?.some((address) => address.family === "IPv6" && address.scopeid === scope)) return name;
  }
  return String(scope);
}
