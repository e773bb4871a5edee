// What is counted for a pool and for none of its backends.

import type { PoolStats } from "../../control/stats.ts";
import type { HistogramName } from "../../session/counters.ts";
import type { FamilyDefinition } from "./family.ts";
import { histogramSamples } from "./histogram.ts";

export const poolFamilies: readonly FamilyDefinition[] = [
  histogram("lb_tcp_dial_seconds", "dial", "From a session's first dial to a connected backend."),
  histogram("lb_tcp_first_byte_seconds", "firstByte", "From a connected backend to its first byte."),
  histogram("lb_tcp_session_seconds", "session", "Whole sessions."),
  histogram("lb_tcp_queue_seconds", "queue", "Waits for a place with a backend."),
  {
    ...single(({ queueLength }) => queueLength),
    name: "lb_tcp_queue_length",
    kind: "gauge",
    help: "Sessions that wait because every backend of the pool is full.",
  },
  {
    ...single(({ usable }) => usable),
    name: "lb_tcp_pool_backends_usable",
    kind: "gauge",
    help: "Addresses of backends that can take new sessions.",
  },
  {
    ...single(({ retries }) => retries),
    name: "lb_tcp_retries_total",
    kind: "counter",
    help: "Dials after a session's first.",
  },
];

function single(read: (figures: PoolStats) => number): Pick<FamilyDefinition, "labels" | "read"> {
  return {
    labels: ["pool"],
    read: ({ pools }) => pools.map(({ labels, figures }) => ({ labels, value: read(figures) })),
  };
}

function histogram(name: string, of: HistogramName, help: string): FamilyDefinition {
  return {
    name,
    kind: "histogram",
    help,
    labels: ["pool"],
    read: ({ pools }) => pools.flatMap(({ labels, figures }) => histogramSamples(name, labels, figures.histograms[of])),
  };
}
