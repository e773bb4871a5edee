import { Peer } from "proxy-protocol-js";
import type { SocketAddress } from "./address.ts";
import { formatIp, IP_WORDS, isIpv4, readIp } from "./ip.ts";
import type { ProxyTlv } from "./proxy-header.ts";
import type { ProxyVersion } from "./proxy-reader.ts";
import { TLV } from "./proxy-tlv.ts";
import { writeProxyV1 } from "./proxy-v1.ts";
import { type V2Fields, writeProxyV2 } from "./proxy-v2.ts";

/** What is said to whoever is behind us. What is undefined is left out; version 1 has addresses only. */
export interface ProxyClaim {
  readonly version: ProxyVersion;
  /** The client. Undefined, or a unix socket: unknown. */
  readonly source: SocketAddress | undefined;
  /** Where it connected to. */
  readonly destination: SocketAddress | undefined;
  /** The connection is our own, such as a probe's: LOCAL; version 1 says UNKNOWN. */
  readonly isLocal?: boolean;
  /** The host that the client asked for. */
  readonly authority?: string | undefined;
  /** The protocol that is spoken, such as `h2`. */
  readonly alpn?: string | undefined;
  /** At most 128 bytes; the rest is cut off. */
  readonly uniqueId?: string | undefined;
  /** Types 0xE0 to 0xEF, and their values as UTF-8. */
  readonly custom?: readonly { readonly type: number; readonly value: string }[];
  /** A checksum over all of it. */
  readonly crc32c?: boolean;
}

const LONGEST_UNIQUE_ID_BYTES = 128;
/** What one length byte of TLS can say of a host or a protocol; a longer one is left out. */
const LONGEST_NAME_BYTES = 255;
const LARGEST_PORT = 0xffff;

interface Endpoint {
  readonly words: Uint32Array;
  readonly port: number;
}

/**
 * The bytes of a PROXY header. Addresses of two families are written as two of IPv6; an IP address or a port that is none makes
 * the client unknown. TLVs beyond 4 KiB are left out. Never throws.
 */
export function writeProxyHeader(claim: ProxyClaim): Uint8Array {
  const addresses = claim.isLocal === true ? undefined : addressesOf(claim.source, claim.destination);
  if (claim.version === "v1") {
    return writeProxyV1(
      addresses && {
        family: addresses.family,
        source: peerOf(addresses.source, addresses.family),
        destination: peerOf(addresses.destination, addresses.family),
      },
    );
  }
  return writeProxyV2({
    command: claim.isLocal === true ? "local" : "proxy",
    addresses,
    tlvs: tlvsOf(claim),
    hasChecksum: claim.crc32c === true,
  });
}

function addressesOf(from: SocketAddress | undefined, to: SocketAddress | undefined): V2Fields["addresses"] {
  const source = endpointOf(from);
  const destination = endpointOf(to);
  if (source === undefined || destination === undefined) return undefined;
  return { family: isIpv4(source.words) && isIpv4(destination.words) ? 4 : 6, source, destination };
}

function endpointOf(address: SocketAddress | undefined): Endpoint | undefined {
  if (address?.kind !== "ip") return undefined;
  const { ip, port } = address;
  const words = new Uint32Array(IP_WORDS);
  if (!readIp(ip, words) || !Number.isInteger(port) || port < 0 || port > LARGEST_PORT) return undefined;
  return { words, port };
}

function peerOf({ words, port }: Endpoint, family: 4 | 6): Peer {
  const ip = formatIp(words);
  return new Peer(family === 6 && isIpv4(words) ? `::ffff:${ip}` : ip, port);
}

function tlvsOf({ authority, alpn, uniqueId, custom = [] }: ProxyClaim): readonly ProxyTlv[] {
  return [
    ...named(TLV.alpn, alpn),
    ...named(TLV.authority, authority),
    ...(uniqueId === undefined
      ? []
      : [{ type: TLV.uniqueId, value: Buffer.from(uniqueId).subarray(0, LONGEST_UNIQUE_ID_BYTES) }]),
    ...custom.map(({ type, value }) => ({ type, value: Buffer.from(value) })),
  ];
}

function named(type: number, text: string | undefined): readonly ProxyTlv[] {
  if (text === undefined || text === "") return [];
  const value = Buffer.from(text);
  return value.length > LONGEST_NAME_BYTES ? [] : [{ type, value }];
}
