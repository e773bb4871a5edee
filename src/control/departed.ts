// Backends that were removed: what they have counted is still asked for, since their sessions may go on, and whoever reads
// the metrics comes now and then only.

import type { Clock } from "../clock.ts";
import type { RowCounts } from "../session/counters.ts";
import type { ProbeCounts } from "./probe-counts.ts";

/** What is left of a backend. */
export interface DepartedBackend extends RowCounts {
  readonly pool: string;
  readonly name: string;
  /** Sessions that it still has. */
  readonly active: number;
  readonly probes: ProbeCounts;
}

/** Where that comes from. */
interface Counted {
  status(): Omit<DepartedBackend, "pool">;
}

interface Entry {
  readonly pool: string;
  readonly backend: Counted;
  idleSinceMs: number;
}

const KEPT_MS: number = 15 * 60_000;
const MOST = 1_000;

/** Forgets the oldest where there are too many. */
export class DepartedBackends {
  readonly #clock: Clock;
  /** By `pool/name`, in the order in which they went. */
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One that has gone, for good. Another of that name that has gone before is forgotten. */
  add(pool: string, name: string, backend: Counted): void {
    const identity = `${pool}/${name}`;
    this.#entries.delete(identity);
    this.#entries.set(identity, { pool, backend, idleSinceMs: this.#clock.nowMs() });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MOST && oldest !== undefined) this.#entries.delete(oldest);
  }

  /** @param isBack Whether there is one of that `pool/name` again: it counts anew. */
  list(isBack: (identity: string) => boolean): readonly DepartedBackend[] {
    const nowMs = this.#clock.nowMs();
    const left: DepartedBackend[] = [];
    for (const [identity, entry] of this.#entries) {
      const backend = remainsOf(entry.pool, entry.backend.status());
      if (backend.active > 0) entry.idleSinceMs = nowMs;
      if (nowMs - entry.idleSinceMs > KEPT_MS || isBack(identity)) this.#entries.delete(identity);
      else left.push(backend);
    }
    return left;
  }
}

/** Without what it was to be, and what was wanted of it. */
export function remainsOf(pool: string, backend: Omit<DepartedBackend, "pool">): DepartedBackend {
  const { name, active, probes, dials, sessions, bytesUp, bytesDown, ejections } = backend;
  return { pool, name, active, probes, dials, sessions, bytesUp, bytesDown, ejections };
}
