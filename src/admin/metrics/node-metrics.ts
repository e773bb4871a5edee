// Node's own figures, under the names that prom-client gives them. Not prom-client's collectDefaultMetrics: its hooks into
// garbage collection and the event loop can't be taken away again, and others of it read /proc, or walk over every open
// handle, in the thread that may carry sessions.

import { constants, PerformanceObserver } from "node:perf_hooks";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Clock } from "../../clock.ts";

const MICROSECONDS = 1e6;

/** @returns what takes its hook away. */
export function registerNodeMetrics(registry: Registry, clock: Clock): () => void {
  const registers = [registry];
  gauge("process_resident_memory_bytes", "Resident memory size in bytes.", () => process.memoryUsage.rss());
  gauge("nodejs_heap_size_total_bytes", "Process heap size from Node.js in bytes.", () => memory().heapTotal);
  gauge("nodejs_heap_size_used_bytes", "Process heap size used from Node.js in bytes.", () => memory().heapUsed);
  gauge("nodejs_external_memory_bytes", "Node.js external memory size in bytes.", () => memory().external);
  const startSeconds = Math.round(clock.wallMs() / 1_000 - process.uptime());
  gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.", () => startSeconds);
  counter("process_cpu_user_seconds_total", "Total user CPU time spent in seconds.", () => cpu().user);
  counter("process_cpu_system_seconds_total", "Total system CPU time spent in seconds.", () => cpu().system);
  counter(
    "process_cpu_seconds_total",
    "Total user and system CPU time spent in seconds.",
    () => cpu().user + cpu().system,
  );
  return observeGarbageCollection(registry);

  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }

  function counter(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }
}

function memory(): NodeJS.MemoryUsage {
  return process.memoryUsage();
}

/** Of all threads together. Seconds. */
function cpu(): { readonly user: number; readonly system: number } {
  const { user, system } = process.cpuUsage();
  return { user: user / MICROSECONDS, system: system / MICROSECONDS };
}

const collections: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MAJOR]: "major",
  [constants.NODE_PERFORMANCE_GC_MINOR]: "minor",
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: "incremental",
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: "weakcb",
};

/** Of this thread. */
function observeGarbageCollection(registry: Registry): () => void {
  const histogram = new Histogram({
    name: "nodejs_gc_duration_seconds",
    help: "Garbage collection duration by kind, one of major, minor, incremental or weakcb.",
    labelNames: ["kind"],
    buckets: [0.001, 0.01, 0.1, 1],
    registers: [registry],
  });
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const kind = collections[kindOf(entry)];
      if (kind !== undefined) histogram.observe({ kind }, entry.duration / 1_000);
    }
  });
  observer.observe({ entryTypes: ["gc"] });
  return () => observer.disconnect();
}

function kindOf(entry: object): number {
  const detail = "detail" in entry ? entry.detail : undefined;
  return typeof detail === "object" && detail !== null && "kind" in detail ? Number(detail.kind) : -1;
}
