// Version 2 of the PROXY protocol: binary, with a length (proxy-protocol.txt §2.2). The package is shown exactly the bytes of a
// complete header with a family that it knows: it neither uses the length nor tells what is incomplete.

import {
  Command,
  IPv4Address,
  IPv4ProxyAddress,
  IPv6Address,
  IPv6ProxyAddress,
  TransportProtocol,
  UnspecProxyAddress,
  V2ProxyProtocol,
} from "proxy-protocol-js";
import { crc32c } from "./crc32c.ts";
import type { ProxyHeader, ProxyTlv } from "./proxy-header.ts";
import { ipBytes, socketIpOfBytes } from "./proxy-ip.ts";
import { SSL_PREFIX_BYTES, splitTlvs, TLV, TLV_PREFIX_BYTES } from "./proxy-tlv.ts";
import type { Verdict } from "./verdict.ts";

/** The signature, version and command, family and protocol, length. */
export const V2_START_BYTES = 16;
/** How much may follow these: addresses and TLVs. The length could say 64 KiB, which is a lever on memory. */
export const LONGEST_V2_REST_BYTES = 4_096;

const SIGNATURE: Uint8Array = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
const VERSION = 2;
const LOCAL = 0;
const PROXY = 1;
const CRC32C_BYTES = 4;

const FAMILY = { unspecified: 0, ipv4: 1, ipv6: 2, unix: 3 } as const;
const PROTOCOL = { unspecified: 0, stream: 1 } as const;
/** How many bytes the addresses of each family take, by its number. */
const ADDRESS_BYTES = [0, 12, 36, 216] as const;

const NO = { kind: "no" } as const;

/** Looks at no more than 16 bytes and 4 KiB. */
export function readProxyV2(bytes: Uint8Array): Verdict<ProxyHeader> {
  const { length } = bytes;
  for (let index = 0; index < Math.min(length, SIGNATURE.length); index++) {
    if (bytes[index] !== SIGNATURE[index]) return NO;
  }
  const [versionAndCommand = (VERSION << 4) | LOCAL, familyAndProtocol = 0, high = 0, low = 0] = bytes.subarray(
    SIGNATURE.length,
    V2_START_BYTES,
  );
  const command = versionAndCommand & 0xf;
  if (versionAndCommand >> 4 !== VERSION || command > PROXY) return NO;
  const addressBytes = command === LOCAL ? 0 : addressBytesOf(familyAndProtocol);
  if (addressBytes === undefined) return NO;
  const restBytes = (high << 8) | low;
  if (restBytes > LONGEST_V2_REST_BYTES) return NO;
  // The next byte of the start can decide that it is none.
  if (length < V2_START_BYTES) return { kind: "more", atLeast: length + 1 };
  if (restBytes < addressBytes) return NO;
  const byteCount = V2_START_BYTES + restBytes;
  if (length < byteCount) return { kind: "more", atLeast: byteCount };
  const value = command === LOCAL ? unknownHeader([]) : headerOf(bytes.subarray(0, byteCount), addressBytes);
  return value === undefined ? NO : { kind: "match", value, byteCount };
}

/** Undefined for what is reserved, and for UDP: whoever speaks TCP to us does not relay that. */
function addressBytesOf(familyAndProtocol: number): number | undefined {
  const protocol = familyAndProtocol & 0xf;
  if (protocol > PROTOCOL.stream) return undefined;
  const bytes = ADDRESS_BYTES[familyAndProtocol >> 4];
  return protocol === PROTOCOL.unspecified && bytes !== undefined ? 0 : bytes;
}

function headerOf(bytes: Uint8Array, addressBytes: number): ProxyHeader | undefined {
  const tlvs = splitTlvs(bytes.subarray(V2_START_BYTES + addressBytes));
  if (tlvs === undefined || !tlvs.every(isWellFormed)) {
    // Of a client of an unknown family, all may be skipped; so what can't be read does not matter.
    return addressBytes === ADDRESS_BYTES[FAMILY.unspecified] ? unknownHeader([]) : undefined;
  }
  if (!isChecksumRight(bytes, tlvs)) return undefined;
  const copies = tlvs.map(({ type, value }) => ({ type, value: copyOf(value) }));
  // The path of a client's unix socket is one of the proxy's machine.
  const isIp = addressBytes === ADDRESS_BYTES[FAMILY.ipv4] || addressBytes === ADDRESS_BYTES[FAMILY.ipv6];
  if (!isIp) return unknownHeader(copies);
  const { proxyAddress } = V2ProxyProtocol.parse(bytes);
  if (!(proxyAddress instanceof IPv4ProxyAddress || proxyAddress instanceof IPv6ProxyAddress)) return undefined;
  const { sourceAddress, sourcePort, destinationAddress, destinationPort } = proxyAddress;
  return {
    version: "v2",
    source: socketIpOfBytes(sourceAddress.address, sourcePort),
    destination: socketIpOfBytes(destinationAddress.address, destinationPort),
    tlvs: copies,
  };
}

/** Not by slice(): that of a Buffer is a view. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

function unknownHeader(tlvs: readonly ProxyTlv[]): ProxyHeader {
  return { version: "v2", source: undefined, destination: undefined, tlvs };
}

function isWellFormed({ type, value }: ProxyTlv): boolean {
  if (type === TLV.crc32c) return value.length === CRC32C_BYTES;
  if (type === TLV.uniqueId) return value.length <= 128;
  if (type !== TLV.ssl) return true;
  return value.length >= SSL_PREFIX_BYTES && splitTlvs(value.subarray(SSL_PREFIX_BYTES)) !== undefined;
}

/** Of every checksum that there is: it was made with zeros in its own place. */
function isChecksumRight(bytes: Uint8Array, tlvs: readonly ProxyTlv[]): boolean {
  const sums = tlvs.filter(({ type }) => type === TLV.crc32c).map(({ value }) => value);
  if (sums.length === 0) return true;
  const zeroed = copyOf(bytes);
  for (const sum of sums)
    zeroed.fill(0, sum.byteOffset - bytes.byteOffset, sum.byteOffset - bytes.byteOffset + sum.length);
  const expected = crc32c(zeroed);
  return sums.every((sum) => new DataView(sum.buffer, sum.byteOffset).getUint32(0) === expected);
}

/** What a header says: whose client it is, or, with LOCAL, that the connection is the proxy's own. */
export interface V2Fields {
  readonly command: "proxy" | "local";
  /** Two addresses of one family, as ip.ts counts. Undefined: nothing is said of the client. */
  readonly addresses:
    | {
        readonly family: 4 | 6;
        readonly source: { readonly words: Uint32Array; readonly port: number };
        readonly destination: { readonly words: Uint32Array; readonly port: number };
      }
    | undefined;
  readonly tlvs: readonly ProxyTlv[];
  readonly hasChecksum: boolean;
}

/** TLVs for which there is no room are left out. */
export function writeProxyV2({ command, addresses, tlvs, hasChecksum }: V2Fields): Uint8Array {
  const sum: readonly ProxyTlv[] = hasChecksum ? [{ type: TLV.crc32c, value: new Uint8Array(CRC32C_BYTES) }] : [];
  const block = tlvBlock(tlvs, sum);
  const isStream = addresses !== undefined;
  const bytes = new V2ProxyProtocol(
    command === "local" ? Command.LOCAL : Command.PROXY,
    isStream ? TransportProtocol.STREAM : TransportProtocol.UNSPEC,
    proxyAddressOf(addresses),
    block,
  ).build();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The package counts the addresses only.
  view.setUint16(V2_START_BYTES - 2, bytes.length - V2_START_BYTES);
  if (hasChecksum) view.setUint32(bytes.length - CRC32C_BYTES, crc32c(bytes));
  return bytes;
}

function proxyAddressOf(addresses: V2Fields["addresses"]): IPv4ProxyAddress | IPv6ProxyAddress | UnspecProxyAddress {
  if (addresses === undefined) return new UnspecProxyAddress();
  const { family, source, destination } = addresses;
  const from = ipBytes(source.words);
  const to = ipBytes(destination.words);
  if (family === 6) {
    return new IPv6ProxyAddress(
      IPv6Address.createFrom(from),
      source.port,
      IPv6Address.createFrom(to),
      destination.port,
    );
  }
  const ipv4 = (bytes: number[]): IPv4Address => IPv4Address.createFrom(bytes.slice(12));
  return new IPv4ProxyAddress(ipv4(from), source.port, ipv4(to), destination.port);
}

function tlvBlock(tlvs: readonly ProxyTlv[], last: readonly ProxyTlv[]): Uint8Array {
  const limit = LONGEST_V2_REST_BYTES - ADDRESS_BYTES[FAMILY.ipv6];
  const lastBytes = last.reduce((sum, tlv) => sum + bytesOf(tlv), 0);
  let byteCount = lastBytes;
  const fitting = tlvs.filter((tlv) => {
    if (byteCount + bytesOf(tlv) > limit) return false;
    byteCount += bytesOf(tlv);
    return true;
  });
  const block = new Uint8Array(byteCount);
  let at = 0;
  for (const tlv of [...fitting, ...last]) {
    block[at] = tlv.type;
    block[at + 1] = tlv.value.length >> 8;
    block[at + 2] = tlv.value.length & 255;
    block.set(tlv.value, at + TLV_PREFIX_BYTES);
    at += bytesOf(tlv);
  }
  return block;
}

function bytesOf({ value }: ProxyTlv): number {
  return TLV_PREFIX_BYTES + value.length;
}
