// What the TLVs of a PROXY header say, as text for people and for the patterns of routes. The bytes that were sent are unchecked:
// they are what the proxy in front claims, and it may pass on what its client claimed.

import type { ProxyTlv } from "./proxy-header.ts";

/** Types of https://www.haproxy.org/download/3.1/doc/proxy-protocol.txt §2.2, and of the clouds. */
export const TLV = {
  alpn: 0x01,
  authority: 0x02,
  crc32c: 0x03,
  noop: 0x04,
  uniqueId: 0x05,
  ssl: 0x20,
  sslVersion: 0x21,
  sslCommonName: 0x22,
  sslCipher: 0x23,
  sslSignature: 0x24,
  sslKey: 0x25,
  networkNamespace: 0x30,
  gcp: 0xe0,
  aws: 0xea,
  azure: 0xee,
} as const;

/** A byte of what the client did, and four of whether its certificate was verified; then TLVs of their own. */
export const SSL_PREFIX_BYTES = 5;
/** A byte of type, and two of length. */
export const TLV_PREFIX_BYTES = 3;

/** The names that the access line and messages have for what is known. */
const NAMES: Readonly<Record<number, string>> = {
  [TLV.alpn]: "alpn",
  [TLV.authority]: "authority",
  [TLV.uniqueId]: "unique-id",
  [TLV.ssl]: "ssl",
  [TLV.sslVersion]: "ssl-version",
  [TLV.sslCommonName]: "ssl-cn",
  [TLV.sslCipher]: "ssl-cipher",
  [TLV.sslSignature]: "ssl-signature",
  [TLV.sslKey]: "ssl-key",
  [TLV.networkNamespace]: "netns",
  [TLV.gcp]: "gcp",
  [TLV.aws]: "aws",
  [TLV.azure]: "azure",
};

/**
 * The text of the first TLV of a type, those within the SSL one (0x21 to 0x25) included: the VPC endpoint of AWS, the link of Azure
 * and the connection of GCP as a number, `verified` or `unverified` for SSL itself; anything else that is printable as it is, and
 * the rest in hex. Undefined where there is none.
 */
export function tlvText(tlvs: readonly ProxyTlv[], type: number): string | undefined {
  const isInSsl = type > TLV.ssl && type < TLV.networkNamespace;
  for (const tlv of tlvs) {
    if (tlv.type === type) return textOf(tlv);
    if (!isInSsl || tlv.type !== TLV.ssl) continue;
    const found = splitTlvs(tlv.value.subarray(SSL_PREFIX_BYTES))?.find((sub) => sub.type === type);
    if (found !== undefined) return textOf(found);
  }
  return undefined;
}

/** All of them by name, or by number such as `0xE5`, without the checksum and the padding. Of several with one type, the first. */
export function tlvTexts(tlvs: readonly ProxyTlv[]): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  const add = (tlv: ProxyTlv): void => {
    if (tlv.type !== TLV.crc32c && tlv.type !== TLV.noop) texts[nameOf(tlv.type)] ??= textOf(tlv);
    if (tlv.type === TLV.ssl) splitTlvs(tlv.value.subarray(SSL_PREFIX_BYTES))?.forEach(add);
  };
  tlvs.forEach(add);
  return texts;
}

/** TLVs one after the other; undefined where the last one is cut off. Views, not copies. */
export function splitTlvs(bytes: Uint8Array): readonly ProxyTlv[] | undefined {
  const tlvs: ProxyTlv[] = [];
  let at = 0;
  while (at < bytes.length) {
    const from = at + TLV_PREFIX_BYTES;
    const end = from + (((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0));
    if (from > bytes.length || end > bytes.length) return undefined;
    tlvs.push({ type: bytes[at] ?? 0, value: bytes.subarray(from, end) });
    at = end;
  }
  return tlvs;
}

function nameOf(type: number): string {
  return NAMES[type] ?? `0x${type.toString(16).toUpperCase().padStart(2, "0")}`;
}

function textOf({ type, value }: ProxyTlv): string {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#proxy-protocol
  if (type === TLV.aws && bytes[0] === 1) return printed(bytes.subarray(1));
  // https://learn.microsoft.com/azure/private-link/private-link-service-overview#getting-connection-information-using-tcp-proxy-v2
  if (type === TLV.azure && bytes[0] === 1 && bytes.length === 5) return String(bytes.readUInt32LE(1));
  // https://cloud.google.com/vpc/docs/about-vpc-hosted-services#proxy-protocol
  if (type === TLV.gcp && bytes.length === 8) return String(bytes.readBigUInt64BE(0));
  if (type === TLV.ssl && bytes.length >= SSL_PREFIX_BYTES)
    return bytes.readUInt32BE(1) === 0 ? "verified" : "unverified";
  return printed(bytes);
}

function printed(bytes: Buffer): string {
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f) ? bytes.toString("latin1") : bytes.toString("hex");
}
