// How many sessions each network has, and how fast it brings new ones: a hash table of fixed size in shared memory. A key
// lives in one bucket of a few places, under the bucket's lock, so that no key is ever counted at two places; a count that
// is not 0 holds its place, so that leaving needs no lock.

import { breakLocks, lockOwner, releaseLock, takeLock } from "../backend/lock.ts";
import { IP_WORDS } from "../wire/ip.ts";

/** What a key may do. */
export interface ClientLimits {
  /** Sessions at once; Infinity where there is no limit, here and below. */
  readonly maxConnections: number;
  readonly ratePerSecond: number;
  /** Sessions that may come at once after a quiet time. */
  readonly burst: number;
}

/** What `enter` answers instead of a place. */
export const OVER_LIMIT: number = -1;
export const RATE_LIMITED: number = -2;
/** All places of the bucket have live sessions. */
export const NO_PLACE: number = -3;

/** Places of a bucket: all are looked at, so few; a bucket is full long before the table is, so not too few. */
const WAYS = 16;
/** How many times as many places as were asked for, at least: then one of some ten thousand keys finds its bucket full. */
const SPARE = 2;
/** Sums of intervals are rounded. Milliseconds. */
const ROUNDING_MS = 1e-6;

/** The places for so many keys. */
export function clientPlacesFor(keys: number): number {
  if (keys <= WAYS) return keys;
  return WAYS * 2 ** Math.ceil(Math.log2((keys * SPARE) / WAYS));
}

export function clientPlacesBytes(places: number): number {
  const { BYTES_PER_ELEMENT: intBytes } = Int32Array;
  return places * (2 * Float64Array.BYTES_PER_ELEMENT + (IP_WORDS + 1) * intBytes) + bucketsOf(places) * intBytes;
}

function bucketsOf(places: number): number {
  return Math.ceil(places / WAYS);
}

/** Whoever is given the memory counts in the same places. */
export class ClientPlaces {
  readonly places: number;
  readonly #owner: number;
  readonly #seed: number;
  readonly #ways: number;
  readonly #bucketMask: number;
  /** When the bucket of tokens is full again, monotonic milliseconds; 0 where the place was never used. */
  readonly #fullAtMs: Float64Array;
  /** When somebody with that key came last. */
  readonly #seenAtMs: Float64Array;
  readonly #keys: Uint32Array;
  readonly #counts: Int32Array;
  readonly #locks: Int32Array;

  /**
   * @param places as `clientPlacesFor` gives them.
   * @param offset where in the memory, a multiple of 8; `clientPlacesBytes` from there on are its own.
   * @param owner who takes its locks (lock.ts).
   * @param seed of the hash: nobody can choose addresses that fall into one bucket.
   */
  constructor(memory: SharedArrayBuffer, offset: number, places: number, owner: number, seed: number) {
    this.places = places;
    this.#owner = owner;
    this.#seed = seed;
    this.#ways = Math.min(WAYS, places);
    const buckets = bucketsOf(places);
    this.#bucketMask = buckets - 1;
    this.#fullAtMs = new Float64Array(memory, offset, places);
    this.#seenAtMs = new Float64Array(memory, offset + this.#fullAtMs.byteLength, places);
    this.#keys = new Uint32Array(memory, this.#seenAtMs.byteOffset + this.#seenAtMs.byteLength, places * IP_WORDS);
    this.#counts = new Int32Array(memory, this.#keys.byteOffset + this.#keys.byteLength, places);
    this.#locks = new Int32Array(memory, this.#counts.byteOffset + this.#counts.byteLength, buckets);
  }

  /**
   * Counts one session more for a key, and takes a token of its rate, unless a limit says no.
   * @param mustFit a key that finds no place shares one that has sessions of another.
   * @returns a place, which is owed a `leave`; or OVER_LIMIT, RATE_LIMITED or NO_PLACE.
   */
  enter(key: Uint32Array, limits: ClientLimits, nowMs: number, mustFit: boolean): number {
    const bucket = this.#bucketOf(key);
    if (!takeLock(this.#locks, bucket, this.#owner)) return OVER_LIMIT;
    const place = this.#find(bucket * this.#ways, key, mustFit);
    const answer = place < 0 ? place : this.#admit(place, limits, nowMs);
    releaseLock(this.#locks, bucket);
    return answer;
  }

  leave(place: number): void {
    Atomics.sub(this.#counts, place, 1);
  }

  count(place: number): number {
    return Atomics.load(this.#counts, place);
  }

  /** Releases the locks of a worker that has gone. */
  breakLocks(worker: number): void {
    breakLocks(this.#locks, lockOwner(worker));
  }

  #admit(place: number, { maxConnections, ratePerSecond, burst }: ClientLimits, nowMs: number): number {
    if (Atomics.load(this.#counts, place) >= maxConnections) return OVER_LIMIT;
    // A worker reads the clock once a turn: what another has read already is later, and true.
    const atMs = Math.max(nowMs, this.#seenAtMs[place] ?? 0);
    // The generic cell rate algorithm (ITU-T I.371): a token bucket in one number.
    const isLimited = ratePerSecond !== Number.POSITIVE_INFINITY;
    const intervalMs = isLimited ? 1_000 / ratePerSecond : 0;
    const fullAtMs = Math.max(this.#fullAtMs[place] ?? 0, atMs);
    if (isLimited && fullAtMs - atMs > (burst - 1) * intervalMs + ROUNDING_MS) return RATE_LIMITED;
    this.#seenAtMs[place] = atMs;
    this.#fullAtMs[place] = fullAtMs + intervalMs;
    // Others may leave meanwhile, and nobody else enters.
    Atomics.add(this.#counts, place, 1);
    return place;
  }

  /** The place of a key, as it is or cleared for it. */
  #find(first: number, key: Uint32Array, mustFit: boolean): number {
    let free = -1;
    let freeFullAtMs = Number.POSITIVE_INFINITY;
    for (let place = first; place < first + this.#ways; place++) {
      if (this.#isAt(place, key)) return place;
      const fullAtMs = this.#fullAtMs[place] ?? 0;
      // Of those without sessions the one that was quiet for longest, so that a rate is forgotten as late as possible.
      if (fullAtMs >= freeFullAtMs || Atomics.load(this.#counts, place) !== 0) continue;
      free = place;
      freeFullAtMs = fullAtMs;
    }
    if (free < 0) return mustFit ? this.#leastOf(first) : NO_PLACE;
    this.#fullAtMs[free] = 0;
    this.#seenAtMs[free] = 0;
    for (let word = 0; word < IP_WORDS; word++) this.#keys[free * IP_WORDS + word] = key[word] ?? 0;
    return free;
  }

  #isAt(place: number, key: Uint32Array): boolean {
    const at = place * IP_WORDS;
    return (
      this.#keys[at + 3] === key[3] &&
      this.#keys[at + 1] === key[1] &&
      this.#keys[at] === key[0] &&
      this.#keys[at + 2] === key[2]
    );
  }

  #leastOf(first: number): number {
    let least = first;
    for (let place = first + 1; place < first + this.#ways; place++) {
      if (Atomics.load(this.#counts, place) < Atomics.load(this.#counts, least)) least = place;
    }
    return least;
  }

  #bucketOf(key: Uint32Array): number {
    // The mixing steps of MurmurHash3 (public domain), a word at a time.
    let hash = this.#seed;
    for (let word = 0; word < IP_WORDS; word++) {
      let mixed = Math.imul(key[word] ?? 0, 0xcc9e2d51);
      mixed = Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
      hash ^= mixed;
      hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) & this.#bucketMask;
  }
}
