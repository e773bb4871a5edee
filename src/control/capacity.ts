// How much this process may have open at once, and what follows from it.

/** Kept free for listeners, logs, probes, lookups and what a program around the library has open. */
const RESERVED = 64;
const RESERVED_PER_WORKER = 16;
/** A session has a client's socket and a backend's. */
const PER_SESSION = 2;
/** Enough for dead backends, each of which keeps its place for the probe's timeout. */
const MOST_PROBES = 256;
const FEWEST_PROBES = 16;

/** What fits into the descriptors of this process. */
export interface Capacity {
  /** The descriptor limit; Infinity where there is none, here and below. */
  readonly descriptors: number;
  /** Sessions that it allows. */
  readonly affordableSessions: number;
  /** Sessions at once: as configured, or those that are affordable. */
  readonly sessions: number;
  /** Probes at once: they share the descriptors that sessions leave, so few where there are few. */
  readonly probes: number;
}

/**
 * @param descriptors the limit of this process; Infinity where there is none.
 * @param besides what the program may have open beside the balancer, and knows of.
 */
export function capacityOf(
  maxConnections: number | "auto",
  descriptors: number,
  workers: number,
  besides = 0,
): Capacity {
  const reserved = RESERVED + RESERVED_PER_WORKER * workers + besides;
  const affordableSessions = Math.max(1, Math.floor((descriptors - reserved) / PER_SESSION));
  return {
    descriptors,
    affordableSessions,
    sessions: maxConnections === "auto" ? affordableSessions : maxConnections,
    probes: Math.min(MOST_PROBES, Math.max(FEWEST_PROBES, Math.floor(descriptors / RESERVED))),
  };
}
