import { Places, type Quiet } from "./places.ts";

/** How the counters of a place are read, and compared: they only grow, whoever has the place. */
export interface LedgerOptions<Counts> {
  readonly places: number;
  read(place: number): Counts;
  since(now: Counts, before: Counts): Counts;
}

/** Places in the counters, and what each key has counted since it got its place. */
export class Ledger<Counts> {
  readonly #options: LedgerOptions<Counts>;
  readonly #places: Places;
  readonly #before = new Map<string, Counts>();

  constructor(options: LedgerOptions<Counts>) {
    this.#options = options;
    this.#places = new Places(options.places);
  }

  get spare(): number {
    return this.#places.spare;
  }

  /** Also of what was retired and may still count. */
  keys(): Iterable<string> {
    return this.#places.keys();
  }

  has(key: string): boolean {
    return this.#places.placeOf(key) !== undefined;
  }

  /** @returns the key's place, which may be its old one; undefined where none is left. */
  take(key: string): number | undefined {
    const isNew = !this.has(key);
    const place = this.#places.take(key);
    if (place !== undefined && isNew) this.#before.set(key, this.#options.read(place));
    return place;
  }

  /** @returns undefined where the key has no place. */
  counts(key: string): Counts | undefined {
    const place = this.#places.placeOf(key);
    const before = this.#before.get(key);
    return place === undefined || before === undefined
      ? undefined
      : this.#options.since(this.#options.read(place), before);
  }

  /** @param version the first snapshot without it. */
  retire(key: string, version: number): void {
    this.#places.retire(key, version);
  }

  /** Frees what nobody can count on any more. @param onFree told what it has counted in the end. */
  reclaim(quiet: Quiet, onFree: (key: string, counts: Counts) => void = () => {}): void {
    this.#places.reclaim(quiet, (key) => {
      const counts = this.counts(key);
      if (counts !== undefined) onFree(key, counts);
      this.#before.delete(key);
    });
  }
}
