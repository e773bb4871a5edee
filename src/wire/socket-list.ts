// The kernel's lists of the sockets of a network namespace, /proc/net/tcp, tcp6 and unix: who listens where. Pure.
//
// Sources: proc(5); tcp4_seq_show, tcp6_seq_show and unix_seq_show of Linux. A socket's number (its inode) is what
// /proc/self/fd shows of it.

import type { SocketAddress } from "./address.ts";

// net/tcp_states.h
const TCP_LISTEN = "0A";
// __SO_ACCEPTCON of linux/net.h; SOCK_STREAM.
const ACCEPTS = 0x1_0000;
const STREAM = "0001";

/** Where a TCP socket listens; undefined where it does not. @param text of /proc/net/tcp or tcp6 */
export function listeningTcpSocket(text: string, inode: string): SocketAddress | undefined {
  for (const [, local = "", , state, , , , , , found] of fieldsOf(text)) {
    if (found === inode) return state === TCP_LISTEN ? ipAddress(local) : undefined;
  }
  return undefined;
}

/** The same for a unix socket that has a path. @param text of /proc/net/unix */
export function listeningUnixSocket(text: string, inode: string): SocketAddress | undefined {
  for (const [, , , flags = "", type, , found, ...path] of fieldsOf(text)) {
    if (found !== inode) continue;
    const listens = (Number.parseInt(flags, 16) & ACCEPTS) !== 0 && type === STREAM;
    // A path may hold spaces.
    return listens && path[0]?.startsWith("/") === true ? { kind: "unix", path: path.join(" ") } : undefined;
  }
  return undefined;
}

function* fieldsOf(text: string): Generator<readonly string[]> {
  const [, ...lines] = text.split("\n");
  for (const line of lines) yield line.trim().split(/ +/);
}

/** `0100007F:1F90`: 32-bit words as the machine has them, little-endian wherever lb-tcp runs; the port is not. */
function ipAddress(text: string): SocketAddress | undefined {
  const match = /^((?:[0-9A-F]{8}){1,4}):([0-9A-F]{4})$/.exec(text);
  if (match === null) return undefined;
  const [, words = "", port = ""] = match;
  const bytes = Buffer.from(words, "hex");
  bytes.swap32();
  return {
    kind: "ip",
    ip: isIpv4(bytes) ? bytes.subarray(-4).join(".") : ipv6(bytes),
    port: Number.parseInt(port, 16),
  };
}

/** IPv4 itself, or mapped into IPv6 (RFC 4291 section 2.5.5.2). */
function isIpv4(bytes: Buffer): boolean {
  return bytes.length === 4 || (bytes.readUInt16BE(10) === 0xffff && bytes.subarray(0, 10).every((byte) => byte === 0));
}

function ipv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(2 * index).toString(16));
  // URL shortens it as RFC 5952 says.
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}
