import type { SocketAddress } from "./address.ts";
import { formatIp, IP_WORDS, readIp } from "./ip.ts";

/** An address in a PROXY header as the rest of lb-tcp writes it: IPv4 as IPv4, IPv6 in the form of RFC 5952. */
export function socketIp({
  ipAddress,
  port,
}: {
  readonly ipAddress: string;
  readonly port: number;
}): SocketAddress | undefined {
  const words = new Uint32Array(IP_WORDS);
  return readIp(ipAddress, words) ? { kind: "ip", ip: formatIp(words), port } : undefined;
}

/** Four or sixteen bytes, as socketIp(). */
export function socketIpOfBytes(bytes: readonly number[], port: number): SocketAddress {
  const words = bytes.length === 4 ? Uint32Array.of(0, 0, 0xffff, 0) : new Uint32Array(IP_WORDS);
  const from = IP_WORDS - bytes.length / 4;
  bytes.forEach((byte, index) => {
    const word = from + (index >> 2);
    words[word] = ((words[word] ?? 0) << 8) | byte;
  });
  return { kind: "ip", ip: formatIp(words), port };
}

/** The sixteen bytes of an address; of IPv4, those that it is mapped to. */
export function ipBytes(words: Uint32Array): number[] {
  const bytes: number[] = [];
  for (const word of words) bytes.push(word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255);
  return bytes;
}
