// Networks as people write them: an address, a slash, and how many of its first bits count.

import { isIP } from "node:net";
import { formatIp, IP_WORDS, IPV4_BITS, IPV6_BITS, isIpv4, maskIp, readIp } from "./ip.ts";
import type { Parsed } from "./parsed.ts";
import { quote } from "./quote.ts";

/** A network of IPv4 or IPv6; a single address is one with all its bits. */
export interface Cidr {
  readonly family: 4 | 6;
  /** The lowest address of it, as ip.ts counts: four words. */
  readonly words: Uint32Array;
  /** Of the 128 bits of the words: for IPv4 at least 96. */
  readonly bits: number;
}

const MAPPED_BITS = IPV6_BITS - IPV4_BITS;
const EXPECTED = "expected an IP address such as 192.0.2.1, or a network such as 10.0.0.0/8 or 2001:db8::/32";

/**
 * `10.0.0.0/8`, `192.0.2.1`, `2001:db8::/32`, `::1`. What is written as ::ffff:a.b.c.d is IPv4. `::/0` is every IPv6 address, and
 * none of IPv4.
 */
export function parseCidr(text: string): Parsed<Cidr> {
  const slash = text.indexOf("/");
  const ip = slash < 0 ? text : text.slice(0, slash);
  const words = new Uint32Array(IP_WORDS);
  if (!readIp(ip, words)) return { problem: `${quote(text)} is no address or network${reasonOf(ip)}; ${EXPECTED}` };
  if (ip.includes("%"))
    return {
      problem: `${quote(text)} has a zone, which no list knows; write it without ${quote(ip.slice(ip.indexOf("%")))}`,
    };
  const family = isIpv4(words) ? 4 : 6;
  const bits = slash < 0 ? IPV6_BITS : bitsOf(text.slice(slash + 1), family, isIP(ip) === 6);
  if (typeof bits === "string") return { problem: `${quote(text)} ${bits}` };
  if (isMasked(words, bits)) return { value: { family, words, bits } };
  const network = words.slice();
  maskIp(network, bits);
  return {
    problem: `${quote(text)} has bits set behind its first ${text.slice(slash + 1)}; ${meant({ family, words: network, bits }, formatIp(words))}`,
  };
}

/** As lb-tcp writes it: `10.0.0.0/8`; a single address without its number of bits. */
export function formatCidr({ family, words, bits }: Cidr): string {
  if (bits === IPV6_BITS) return formatIp(words);
  return `${formatIp(words)}/${family === 4 ? bits - MAPPED_BITS : bits}`;
}

/** What a list of networks in a file holds, and each line of it that can't be read. */
export interface CidrLines {
  readonly cidrs: readonly Cidr[];
  readonly problems: readonly { readonly line: number; readonly problem: string }[];
}

/** An address or network a line; `#` starts a comment. Lines count from 1. */
export function parseCidrLines(text: string): CidrLines {
  const cidrs: Cidr[] = [];
  const problems: { line: number; problem: string }[] = [];
  text.split("\n").forEach((line, index) => {
    const written = line.replace(/#.*/, "").trim();
    if (written === "") return;
    const parsed = parseCidr(written);
    if ("value" in parsed) cidrs.push(parsed.value);
    else problems.push({ line: index + 1, problem: parsed.problem });
  });
  return { cidrs, problems };
}

/** Whether only the first `bits` are set. */
function isMasked(words: Uint32Array, bits: number): boolean {
  for (let word = bits >> 5; word < IP_WORDS; word++) {
    const kept = Math.max(bits - word * 32, 0);
    if (((words[word] ?? 0) & (-1 >>> kept)) !== 0) return false;
  }
  return true;
}

/** The number of bits of 128, or what is wrong with it. */
function bitsOf(text: string, family: 4 | 6, isWrittenAsIpv6: boolean): number | string {
  const most = isWrittenAsIpv6 ? IPV6_BITS : IPV4_BITS;
  const mask = family === 4 ? bitsOfMask(text) : undefined;
  if (mask !== undefined) return `has a netmask behind the slash; write /${mask}`;
  if (!/^(?:0|[1-9]\d{0,2})$/.test(text) || Number(text) > most) {
    return `has ${quote(text)} behind the slash; expected the number of bits, from 0 to ${most}`;
  }
  const bits = Number(text);
  if (family === 6 || !isWrittenAsIpv6) return bits + IPV6_BITS - most;
  if (bits >= MAPPED_BITS) return bits;
  return `is an IPv4 address written as IPv6, of which the first ${MAPPED_BITS} bits are the same for all; write it as IPv4, such as 10.0.0.0/8`;
}

/** 255.255.0.0 is 16. */
function bitsOfMask(text: string): number | undefined {
  const words = new Uint32Array(IP_WORDS);
  if (!text.includes(".") || !readIp(text, words)) return undefined;
  const bits = Math.clz32(~(words[3] ?? 0));
  return (words[3] ?? 0) === (bits === 0 ? 0 : (-1 << (32 - bits)) >>> 0) ? bits : undefined;
}

function meant(network: Cidr, address: string): string {
  return `write ${formatCidr(network)} for the network, or ${address} for the one address`;
}

function reasonOf(ip: string): string {
  if (ip === "") return "";
  if (ip.startsWith("[")) return ": it has brackets, which belong to an address with a port";
  if (/^\d+(?:\.\d+){0,2}$/.test(ip)) return ": IPv4 has four numbers";
  if (/^\d+(?:\.\d+){3}$/.test(ip)) return ": its numbers go from 0 to 255, without leading zeros";
  if (/^\d+(?:\.\d+){3}:\d+$/.test(ip)) return ": it has a port";
  if (/^\d+(?:\.\d+){3}-/.test(ip)) return ": a range is written as networks";
  if (ip.includes("*")) return ": a part is left out by a number of bits, not by *";
  return /^[a-z]/i.test(ip) && !ip.includes(":") ? ": names are not looked up here" : "";
}
