import type { Cidr } from "./cidr.ts";
import { IP_WORDS, isIpv4, readIp } from "./ip.ts";

/**
 * Addresses, given as networks. Networks within others are dropped; a look-up is a binary search over ranges, and
 * allocates nothing. 10,000 networks are loaded in some 10 ms and take 80 KB for IPv4, 320 KB for IPv6.
 */
export class CidrSet {
  /** Of IPv4, sorted: where each range begins, and where it ends (inclusive). */
  readonly #firsts: Uint32Array;
  readonly #lasts: Uint32Array;
  /** The same of IPv6, four words each. */
  readonly #wideFirsts: Uint32Array;
  readonly #wideLasts: Uint32Array;
  readonly #words = new Uint32Array(IP_WORDS);

  constructor(cidrs: readonly Cidr[]) {
    const ipv4 = rangesOf(cidrs.filter(({ family }) => family === 4));
    const ipv6 = rangesOf(cidrs.filter(({ family }) => family === 6));
    this.#firsts = Uint32Array.from(ipv4, ({ first }) => first[3] ?? 0);
    this.#lasts = Uint32Array.from(ipv4, ({ last }) => last[3] ?? 0);
    this.#wideFirsts = Uint32Array.from(ipv6.flatMap(({ first }) => Array.from(first)));
    this.#wideLasts = Uint32Array.from(ipv6.flatMap(({ last }) => Array.from(last)));
  }

  /** Whether the address is in one of the networks. What is no address, such as the client of a unix socket, is in none. */
  has(ip: string): boolean {
    const words = this.#words;
    if (!readIp(ip, words)) return false;
    return isIpv4(words) ? this.#hasIpv4(words[3] ?? 0) : this.#hasIpv6(words);
  }

  #hasIpv4(word: number): boolean {
    let low = 0;
    let high = this.#firsts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#firsts[middle] ?? 0) <= word) low = middle + 1;
      else high = middle;
    }
    return low > 0 && word <= (this.#lasts[low - 1] ?? 0);
  }

  #hasIpv6(words: Uint32Array): boolean {
    let low = 0;
    let high = this.#wideFirsts.length / IP_WORDS;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(this.#wideFirsts, middle * IP_WORDS, words) <= 0) low = middle + 1;
      else high = middle;
    }
    return low > 0 && compare(this.#wideLasts, (low - 1) * IP_WORDS, words) >= 0;
  }
}

interface Range {
  readonly first: Uint32Array;
  readonly last: Uint32Array;
}

/** Sorted, and apart from each other. Two networks either hold one another or have nothing in common. */
function rangesOf(cidrs: readonly Cidr[]): readonly Range[] {
  const sorted = cidrs
    .map(({ words, bits }) => ({ first: words, last: lastOf(words, bits) }))
    .sort((left, right) => compare(left.first, 0, right.first) || compare(right.last, 0, left.last));
  const ranges: Range[] = [];
  for (const range of sorted) {
    const before = ranges.at(-1);
    if (before === undefined || compare(range.first, 0, before.last) > 0) ranges.push(range);
  }
  return ranges;
}

/** The highest address of a network. */
function lastOf(words: Uint32Array, bits: number): Uint32Array {
  return words.map((word, index) => {
    const kept = Math.min(Math.max(bits - index * 32, 0), 32);
    return kept === 32 ? word : (word | (-1 >>> kept)) >>> 0;
  });
}

function compare(all: Uint32Array, at: number, words: Uint32Array): number {
  for (let word = 0; word < IP_WORDS; word++) {
    const left = all[at + word] ?? 0;
    const right = words[word] ?? 0;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
