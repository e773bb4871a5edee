// What each client of a listener has open, and how fast it comes: exact over all workers, in memory of a fixed size.

import { CONTROL_OWNER, lockOwner } from "../backend/lock.ts";
import { IP_WORDS, writeNetwork } from "../wire/ip.ts";
import { type ClientLimits, ClientPlaces, clientPlacesBytes, clientPlacesFor, NO_PLACE } from "./client-places.ts";

/** As plain data. The memory is the same for all workers, and in every snapshot while the table is the same. */
export interface ClientTableSnapshot extends ClientLimits {
  /** Distinguishes the tables of a process. */
  readonly id: number;
  readonly memory: SharedArrayBuffer;
  /** Bits of an IPv6 address that make a client. */
  readonly ipv6Prefix: number;
}

/** Whom those are counted with for whom there is no place. */
const COARSE_IPV4_BITS = 24;
const COARSE_IPV6_BITS = 48;
/** Networks are fewer than clients. */
const COARSE_SHARE = 1 / 8;
const FEWEST_COARSE = 64;

const SEED_INDEX = 0;
const FINE_INDEX = 1;
const COARSE_INDEX = 2;
const HEADER_BYTES = 16;

/** What `enter` answers where a client is not counted: on a unix socket it has no address. */
export const UNCOUNTED: number = -4;

/** @param clients that can be told apart. @param seed any 32 bits. */
export function createClientMemory(clients: number, seed: number): SharedArrayBuffer {
  const fine = clientPlacesFor(clients);
  const coarse = clientPlacesFor(Math.max(FEWEST_COARSE, Math.ceil(clients * COARSE_SHARE)));
  const memory = new SharedArrayBuffer(coarseOffset(fine) + clientPlacesBytes(coarse));
  new Int32Array(memory, 0, HEADER_BYTES / Int32Array.BYTES_PER_ELEMENT).set([seed, fine, coarse]);
  return memory;
}

export class ClientTable {
  readonly id: number;
  readonly memory: SharedArrayBuffer;
  readonly #limits: ClientLimits;
  readonly #fineBits: { readonly ipv4Bits: number; readonly ipv6Bits: number };
  readonly #coarseBits: { readonly ipv4Bits: number; readonly ipv6Bits: number };
  readonly #fine: ClientPlaces;
  readonly #coarse: ClientPlaces;
  readonly #key = new Uint32Array(IP_WORDS);
  #wasCoarse = false;

  /** @param worker who uses it; undefined for the control plane. */
  constructor(snapshot: ClientTableSnapshot, worker: number | undefined) {
    const { id, memory, ipv6Prefix } = snapshot;
    this.id = id;
    this.memory = memory;
    this.#limits = snapshot;
    this.#fineBits = { ipv4Bits: 32, ipv6Bits: ipv6Prefix };
    this.#coarseBits = { ipv4Bits: COARSE_IPV4_BITS, ipv6Bits: Math.min(ipv6Prefix, COARSE_IPV6_BITS) };
    const header = new Int32Array(memory, 0, HEADER_BYTES / Int32Array.BYTES_PER_ELEMENT);
    const seed = header[SEED_INDEX] ?? 0;
    const fine = header[FINE_INDEX] ?? 0;
    const owner = worker === undefined ? CONTROL_OWNER : lockOwner(worker);
    this.#fine = new ClientPlaces(memory, HEADER_BYTES, fine, owner, seed);
    this.#coarse = new ClientPlaces(memory, coarseOffset(fine), header[COARSE_INDEX] ?? 0, owner, seed);
  }

  /**
   * Counts one session more for a client.
   * @returns a place, which is owed a `leave`; or OVER_LIMIT, RATE_LIMITED or UNCOUNTED.
   */
  enter(ip: string, nowMs: number): number {
    this.#wasCoarse = false;
    if (!writeNetwork(ip, this.#fineBits, this.#key)) return UNCOUNTED;
    const place = this.#fine.enter(this.#key, this.#limits, nowMs, false);
    return place === NO_PLACE ? this.#enterCoarsely(ip, nowMs) : place;
  }

  /** Whether the last `enter` had no place for the client and has counted it with its neighbours. */
  get wasCoarse(): boolean {
    return this.#wasCoarse;
  }

  leave(place: number): void {
    if (place < 0) return;
    if (place < this.#fine.places) this.#fine.leave(place);
    else this.#coarse.leave(place - this.#fine.places);
  }

  /** Sessions that are counted at a place. */
  count(place: number): number {
    return place < this.#fine.places ? this.#fine.count(place) : this.#coarse.count(place - this.#fine.places);
  }

  /** For the control plane: releases the locks of a worker that has gone. */
  breakLocks(worker: number): void {
    this.#fine.breakLocks(worker);
    this.#coarse.breakLocks(worker);
  }

  #enterCoarsely(ip: string, nowMs: number): number {
    this.#wasCoarse = true;
    writeNetwork(ip, this.#coarseBits, this.#key);
    const place = this.#coarse.enter(this.#key, this.#limits, nowMs, true);
    return place < 0 ? place : this.#fine.places + place;
  }
}

function coarseOffset(fine: number): number {
  // Floats come first in each part.
  const { BYTES_PER_ELEMENT: alignment } = Float64Array;
  return Math.ceil((HEADER_BYTES + clientPlacesBytes(fine)) / alignment) * alignment;
}
