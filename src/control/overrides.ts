// The overrides of one pool: which there are, and how long each of them lives.

import type { BackendConfig } from "../config/config.ts";
import type { PoolChange } from "../config/diff.ts";
import type { Override } from "./override.ts";

/** What can be set. */
export type OverrideValues = Pick<Override, "membership" | "state" | "weight" | "maxConnections">;

const NOTHING: OverrideValues = { membership: null, state: null, weight: null, maxConnections: null };

/** By backend, in the order in which each was first set. */
export class Overrides {
  readonly #pool: string;
  readonly #entries = new Map<string, Override>();

  constructor(pool: string) {
    this.#pool = pool;
  }

  /** Null where the configuration stands. */
  of(backend: string): Override | null {
    return this.#entries.get(backend) ?? null;
  }

  list(): readonly Override[] {
    return [...this.#entries.values()];
  }

  /** Sets some of its values, and keeps the others. One of which nothing is left is gone. */
  set(backend: string, values: Partial<OverrideValues>, by: string, at: string): void {
    const before = this.#entries.get(backend) ?? NOTHING;
    this.#put({ ...before, ...values, pool: this.#pool, backend, by, at });
  }

  /** Back to what the configuration says. */
  delete(backend: string): void {
    this.#entries.delete(backend);
  }

  /** The pool was configured anew: what the configuration says something else about is over. */
  reconfigured({ removed, added, changed }: PoolChange): void {
    for (const { name } of removed) this.#entries.delete(name);
    for (const { name } of added) this.#keep(name, { membership: null, weight: null, maxConnections: null });
    for (const { before, after } of changed) {
      const entry = this.#entries.get(after.name);
      // Another one stood in for it, whose own values these are.
      const wasOther = entry?.membership === "added";
      this.#keep(after.name, { membership: null, ...outdated(before, after, wasOther) });
    }
  }

  /** @param over what is not kept. */
  #keep(backend: string, over: Partial<OverrideValues>): void {
    const entry = this.#entries.get(backend);
    if (entry !== undefined) this.#put({ ...entry, ...over });
  }

  #put(entry: Override): void {
    const { backend, membership, state, weight, maxConnections } = entry;
    const isEmpty = membership === null && state === null && weight === null && maxConnections === null;
    if (isEmpty) this.#entries.delete(backend);
    else this.#entries.set(backend, entry);
  }
}

function outdated(before: BackendConfig, after: BackendConfig, all: boolean): Partial<OverrideValues> {
  return {
    ...(all || before.weight !== after.weight ? { weight: null } : {}),
    ...(all || before.maxConnections !== after.maxConnections ? { maxConnections: null } : {}),
  };
}
