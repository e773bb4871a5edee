// What a worker is given at its start. Everything in it can be copied to another thread; memories are shared.

import type { LogConfig } from "../config/config.ts";
import type { TransportName } from "../config/options.ts";

/** Shared with the control plane; those marked "own" belong to one worker, and to its successor after it. */
export interface WorkerMemory {
  readonly table: SharedArrayBuffer;
  readonly admission: SharedArrayBuffer;
  /** Own, here and below: what it has added to the counts. */
  readonly backendShare: SharedArrayBuffer;
  readonly admissionShare: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
  readonly sessions: SharedArrayBuffer;
  readonly ring: SharedArrayBuffer;
  readonly words: SharedArrayBuffer;
  readonly pulse: SharedArrayBuffer;
  /** Of the linux transport. */
  readonly descriptors: SharedArrayBuffer;
}

export interface Assignment {
  readonly worker: number;
  /** Distinguishes the session ids of this process from those of others. */
  readonly instance: string;
  readonly transport: TransportName;
  /** The eventfd that wakes it; undefined on the net transport, which Node wakes. */
  readonly bell: number | undefined;
  /** Those of all workers, by worker; empty on the net transport. */
  readonly bells: readonly number[];
  /** Sessions at once in the process. */
  readonly sessionLimit: number;
  readonly log: LogConfig | undefined;
  readonly memory: WorkerMemory;
}
