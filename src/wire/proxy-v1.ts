// Version 1 of the PROXY protocol: a line of text (proxy-protocol.txt §2.1). The package is shown complete and checked lines only:
// it can't tell what is incomplete from what is wrong, and takes any text for an address.

import { isIPv4, isIPv6 } from "node:net";
import { INETProtocol, type Peer, V1ProxyProtocol } from "proxy-protocol-js";
import type { ProxyHeader } from "./proxy-header.ts";
import { socketIp } from "./proxy-ip.ts";
import type { Verdict } from "./verdict.ts";

/** The longest line, with its CRLF. */
const LONGEST_V1_BYTES = 107;

const UNKNOWN = "PROXY UNKNOWN";
const FAMILIES = ["PROXY TCP4 ", "PROXY TCP6 "] as const;
const PORT = /^(?:0|[1-9]\d{0,4})$/;
const CRLF = "\r\n";

const NO = { kind: "no" } as const;

/** Looks at no more than 107 bytes. */
export function readProxyV1(bytes: Uint8Array): Verdict<ProxyHeader> {
  const seen = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, LONGEST_V1_BYTES)).toString("latin1");
  const end = seen.indexOf(CRLF);
  const line = end < 0 ? seen : seen.slice(0, end);
  const isComplete = end >= 0;
  if (!isComplete && bytes.length >= LONGEST_V1_BYTES) return NO;
  const header = line.startsWith(UNKNOWN) ? unknownHeader(line, isComplete) : knownHeader(line, isComplete);
  if (header === "no") return NO;
  if (header === "more") return { kind: "more", atLeast: bytes.length + 1 };
  return { kind: "match", value: header, byteCount: end + CRLF.length };
}

/** A line for two addresses of one family, or, with undefined, that says nothing of the client. */
export function writeProxyV1(
  addresses: { readonly family: 4 | 6; readonly source: Peer; readonly destination: Peer } | undefined,
): Uint8Array {
  // The package writes addresses and ports for UNKNOWN, too; a line without them is what everybody reads.
  if (addresses === undefined) return Buffer.from(UNKNOWN + CRLF, "latin1");
  const { family, source, destination } = addresses;
  const protocol = family === 4 ? INETProtocol.TCP4 : INETProtocol.TCP6;
  return Buffer.from(new V1ProxyProtocol(protocol, source, destination).build(), "latin1");
}

/** What follows UNKNOWN, up to the end of the line, is to be ignored. */
function unknownHeader(line: string, isComplete: boolean): ProxyHeader | "more" | "no" {
  const next = line[UNKNOWN.length];
  if (next !== undefined && next !== " " && (isComplete || line !== `${UNKNOWN}\r`)) return "no";
  return isComplete ? { version: "v1", source: undefined, destination: undefined, tlvs: [] } : "more";
}

function knownHeader(line: string, isComplete: boolean): ProxyHeader | "more" | "no" {
  const start = FAMILIES.find((family) => line.startsWith(family));
  if (start === undefined) {
    const mayBecome = [UNKNOWN, ...FAMILIES].some((word) => word.startsWith(line));
    return mayBecome && !isComplete ? "more" : "no";
  }
  const family = start === FAMILIES[0] ? 4 : 6;
  const fields = line.slice(start.length).split(" ");
  if (isComplete) return fields.length === 4 ? headerOf(line, family, fields) : "no";
  const last = fields.length - 1;
  if (last > 3) return "no";
  const isPossible = fields.every((field, index) => {
    if (index < last) return isField(field, index, family);
    // The CR of the end may be there, without its LF.
    if (index === 3 && field.endsWith("\r")) return isField(field.slice(0, -1), index, family);
    return mayBecomeField(field, index, family);
  });
  return isPossible ? "more" : "no";
}

function headerOf(line: string, family: 4 | 6, fields: readonly string[]): ProxyHeader | "no" {
  if (!fields.every((field, index) => isField(field, index, family))) return "no";
  const { source, destination } = V1ProxyProtocol.parse(line + CRLF);
  return { version: "v1", source: socketIp(source), destination: socketIp(destination), tlvs: [] };
}

/** Two addresses of the family, then two ports. */
function isField(field: string, index: number, family: 4 | 6): boolean {
  if (index > 1) return PORT.test(field) && Number(field) <= 0xffff;
  return family === 4 ? isIPv4(field) : isIPv6(field) && !field.includes("%");
}

/** Whether a field that may go on can still become one. */
function mayBecomeField(field: string, index: number, family: 4 | 6): boolean {
  if (field === "") return true;
  if (index > 1) return isField(field, index, family);
  if (family === 4) return mayBecomeIpv4(field);
  if (!/^[0-9a-f:.]{0,45}$/i.test(field) || field.includes(":::") || field.split("::").length > 2) return false;
  const groups = field.split(":");
  const [last = ""] = groups.slice(-1);
  return (
    groups.length <= 9 &&
    groups.slice(0, -1).every((group) => /^[0-9a-f]{0,4}$/i.test(group)) &&
    (/^[0-9a-f]{0,4}$/i.test(last) || mayBecomeIpv4(last))
  );
}

function mayBecomeIpv4(field: string): boolean {
  const parts = field.split(".");
  if (parts.length > 4 || parts.slice(0, -1).includes("")) return false;
  return parts.every((part) => /^(?:|0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}
