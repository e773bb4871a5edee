// IP addresses as numbers: four 32-bit words, the highest first. IPv4 is what RFC 4291 §2.5.5.2 maps it to (::ffff:a.b.c.d),
// so that an address is the same key however it arrived. Nothing is allocated on the way from text to words.

/** How many words an address takes. */
export const IP_WORDS = 4;
export const IPV4_BITS = 32;
export const IPV6_BITS = 128;

/** The third word of an IPv4 address; the two before it are 0. */
const MAPPED = 0xffff;

const GROUP_COUNT = 8;
const DOT = 0x2e;
const COLON = 0x3a;
const ZERO = 0x30;

// One for each thread, and never in use across a call.
const groups = new Uint16Array(GROUP_COUNT);

/**
 * Writes the address that `text` is to `into` at `at`. A zone (`%eth0`) is left out. False where it is none, as net.isIP()
 * sees it; then nothing is written.
 */
export function readIp(text: string, into: Uint32Array, at = 0): boolean {
  // The first dot or colon tells: it stands within the first five characters.
  for (let index = 0; index < text.length && index < 5; index++) {
    const code = text.charCodeAt(index);
    if (code === COLON) return readIpv6(text, into, at);
    if (code !== DOT) continue;
    if (!readIpv4(text, 0, text.length, 0)) return false;
    into[at] = 0;
    into[at + 1] = 0;
    into[at + 2] = MAPPED;
    into[at + 3] = wordOfGroups(0);
    return true;
  }
  return false;
}

/** Whether the address at `at` is IPv4, or was mapped from it. */
export function isIpv4(words: Uint32Array, at = 0): boolean {
  return words[at] === 0 && words[at + 1] === 0 && words[at + 2] === MAPPED;
}

/** Sets all bits behind the first `bits` of 128 to 0. */
export function maskIp(words: Uint32Array, bits: number, at = 0): void {
  for (let word = 0; word < IP_WORDS; word++) {
    const kept = Math.min(Math.max(bits - word * 32, 0), 32);
    const mask = kept === 0 ? 0 : -1 << (32 - kept);
    words[at + word] = (words[at + word] ?? 0) & mask;
  }
}

/**
 * Writes the network that an address is in to `into` at `at`: its first `ipv4Bits` of 32, or `ipv6Bits` of 128, and zeros
 * behind them. For keys of tables in shared memory. The words do not tell how long the prefix was: networks of different
 * lengths belong in different tables, or are told apart by a field of their own. False where `ip` is no address (a client
 * on a unix socket has none); then nothing is written.
 */
export function writeNetwork(
  ip: string,
  { ipv4Bits, ipv6Bits }: { readonly ipv4Bits: number; readonly ipv6Bits: number },
  into: Uint32Array,
  at = 0,
): boolean {
  if (!readIp(ip, into, at)) return false;
  maskIp(into, isIpv4(into, at) ? IPV6_BITS - IPV4_BITS + ipv4Bits : ipv6Bits, at);
  return true;
}

/** The address as text: IPv4 with dots, IPv6 in the form of RFC 5952. */
export function formatIp(words: Uint32Array, at = 0): string {
  if (isIpv4(words, at)) {
    const word = words[at + 3] ?? 0;
    return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
  }
  const all = Array.from({ length: GROUP_COUNT }, (_, group) => {
    const word = words[at + (group >> 1)] ?? 0;
    return group % 2 === 0 ? word >>> 16 : word & 0xffff;
  });
  const { from, length } = longestZeros(all);
  const hex = all.map((group) => group.toString(16));
  if (length < 2) return hex.join(":");
  return `${hex.slice(0, from).join(":")}::${hex.slice(from + length).join(":")}`;
}

/** The first of the longest runs of zeros: what `::` stands for (RFC 5952 §4.2.3). */
function longestZeros(all: readonly number[]): { readonly from: number; readonly length: number } {
  let best = { from: 0, length: 0 };
  let length = 0;
  all.forEach((group, index) => {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { from: index + 1 - length, length };
  });
  return best;
}

function readIpv6(text: string, into: Uint32Array, at: number): boolean {
  const zone = text.indexOf("%");
  if (zone === text.length - 1) return false;
  const end = zone < 0 ? text.length : zone;
  let count = 0;
  let gap = -1;
  let index = 0;
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return false;
    gap = 0;
    index = 2;
  }
  while (index < end) {
    if (count === GROUP_COUNT) return false;
    const stop = groupEnd(text, index, end);
    if (stop < 0) {
      if (count > GROUP_COUNT - 2 || !readIpv4(text, index, end, count)) return false;
      count += 2;
      break;
    }
    if (stop === index) return false;
    groups[count++] = hexAt(text, index, stop);
    index = stop + 1;
    if (stop === end) break;
    if (index === end) return false;
    if (text.charCodeAt(index) !== COLON) continue;
    if (gap >= 0) return false;
    gap = count;
    index++;
  }
  if (gap < 0 ? count < GROUP_COUNT : count === GROUP_COUNT) return false;
  if (gap >= 0) {
    groups.copyWithin(GROUP_COUNT - count + gap, gap, count);
    groups.fill(0, gap, GROUP_COUNT - count + gap);
  }
  for (let word = 0; word < IP_WORDS; word++) into[at + word] = wordOfGroups(word * 2);
  return true;
}

/** Where a group of up to four hex digits ends; `from` where it is none, and -1 where it is the IPv4 at the end. */
function groupEnd(text: string, from: number, end: number): number {
  let index = from;
  while (index < end) {
    const code = text.charCodeAt(index);
    if (code === COLON) return index;
    if (code === DOT) return -1;
    if (hexDigit(code) < 0 || index - from === 4) return from;
    index++;
  }
  return index;
}

function hexAt(text: string, from: number, end: number): number {
  let value = 0;
  for (let index = from; index < end; index++) value = value * 16 + hexDigit(text.charCodeAt(index));
  return value;
}

function hexDigit(code: number): number {
  if (code >= ZERO && code <= 0x39) return code - ZERO;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Four numbers from 0 to 255 without leading zeros, into two groups. */
function readIpv4(text: string, from: number, end: number, group: number): boolean {
  let index = from;
  for (let part = 0; part < 4; part++) {
    if (part > 0 && text.charCodeAt(index++) !== DOT) return false;
    const start = index;
    let value = 0;
    while (index < end && index - start < 3) {
      const digit = text.charCodeAt(index) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      index++;
    }
    if (index === start || value > 255) return false;
    if (index - start > 1 && text.charCodeAt(start) === ZERO) return false;
    const at = group + (part >> 1);
    groups[at] = part % 2 === 0 ? value << 8 : (groups[at] ?? 0) | value;
  }
  return index === end;
}

function wordOfGroups(group: number): number {
  return (((groups[group] ?? 0) << 16) | (groups[group + 1] ?? 0)) >>> 0;
}
