// Who has shown wrong tokens of late: nobody guesses at more than a walking pace.

import type { Clock } from "../clock.ts";

/** Mistakes that an address has free; from then on one for each interval. */
const FREE = 10;
const INTERVAL_MS = 5_000;
/** Addresses that are remembered; the one that was seen first gives way. */
const MOST_ADDRESSES = 1_024;

interface Mistakes {
  /** Falls by one an interval. */
  count: number;
  atMs: number;
}

/** Wrong tokens by address, bounded. */
export class Throttle {
  readonly #clock: Clock;
  readonly #mistakes = new Map<string, Mistakes>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds until that address may try again; 0 where it may now. */
  waitMs(ip: string): number {
    const mistakes = this.#now(keyOf(ip));
    return mistakes.count <= FREE - 1 ? 0 : Math.ceil((mistakes.count - (FREE - 1)) * INTERVAL_MS);
  }

  wrong(ip: string): void {
    const key = keyOf(ip);
    const mistakes = this.#now(key);
    this.#mistakes.delete(key);
    this.#mistakes.set(key, { count: mistakes.count + 1, atMs: mistakes.atMs });
    const [oldest] = this.#mistakes.keys();
    if (this.#mistakes.size > MOST_ADDRESSES && oldest !== undefined) this.#mistakes.delete(oldest);
  }

  right(ip: string): void {
    this.#mistakes.delete(keyOf(ip));
  }

  #now(key: string): Mistakes {
    const nowMs = this.#clock.nowMs();
    const { count, atMs } = this.#mistakes.get(key) ?? { count: 0, atMs: nowMs };
    return { count: Math.max(0, count - (nowMs - atMs) / INTERVAL_MS), atMs: nowMs };
  }
}

/** Who has one IPv6 address has 2^64 of them. */
function keyOf(ip: string): string {
  if (!ip.includes(":")) return ip;
  const [head = "", tail] = ip.split("::", 2);
  const groups = head.split(":");
  const all = tail === undefined ? groups : [...groups, ...Array.from({ length: 8 }, () => "0")];
  return all.slice(0, 4).join(":");
}
