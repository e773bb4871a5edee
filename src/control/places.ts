// Places in shared memory that sessions count on until their end: who has which, and when one may be another's.

/** What is known of the sessions that may still count on what was given up. */
export interface Quiet {
  /** The newest snapshot that every data plane runs on. */
  readonly acknowledgedVersion: number;
  /** Monotonic milliseconds, here and below. */
  readonly nowMs: number;
  /** When the oldest session that lives was accepted; Infinity where there is none. */
  readonly oldestAtMs: number;
}

interface Retired {
  readonly place: number;
  /** The first snapshot without it. */
  readonly version: number;
  /** Since when no session begins that counts on it. */
  quietSinceMs: number | undefined;
}

/**
 * Gives numbers from 0 on to keys. One that was given up is another's only when no session is left that may know it;
 * until then its key has it again when it comes back.
 */
export class Places {
  readonly #limit: number;
  readonly #held = new Map<string, number>();
  readonly #retired = new Map<string, Retired>();
  readonly #free: number[] = [];
  #fresh = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Those that have a place, and those that had one which is nobody else's yet. */
  *keys(): Generator<string> {
    yield* this.#held.keys();
    yield* this.#retired.keys();
  }

  /** How many further keys would find a place. */
  get spare(): number {
    return this.#free.length + this.#limit - this.#fresh;
  }

  placeOf(key: string): number | undefined {
    return this.#held.get(key) ?? this.#retired.get(key)?.place;
  }

  /** @returns the key's place, which may be its old one; undefined where none is left. */
  take(key: string): number | undefined {
    const place = this.placeOf(key) ?? this.#free.pop() ?? this.#next();
    if (place === undefined) return undefined;
    this.#retired.delete(key);
    this.#held.set(key, place);
    return place;
  }

  /** @param version the first snapshot without it. */
  retire(key: string, version: number): void {
    const place = this.#held.get(key);
    if (place === undefined) return;
    this.#held.delete(key);
    this.#retired.set(key, { place, version, quietSinceMs: undefined });
  }

  /** Frees what nobody can count on any more. @param onFree told before the place is free. */
  reclaim({ acknowledgedVersion, nowMs, oldestAtMs }: Quiet, onFree: (key: string, place: number) => void): void {
    for (const [key, retired] of this.#retired) {
      if (retired.version > acknowledgedVersion) continue;
      retired.quietSinceMs ??= nowMs;
      if (oldestAtMs <= retired.quietSinceMs) continue;
      onFree(key, retired.place);
      this.#retired.delete(key);
      this.#free.push(retired.place);
    }
  }

  #next(): number | undefined {
    if (this.#fresh === this.#limit) return undefined;
    this.#fresh++;
    return this.#fresh - 1;
  }
}
