// The process: its configuration, its limits, its workers.

import type { Stats, WorkerStats } from "../../control/stats.ts";
import type { FamilyDefinition } from "./family.ts";
import { labelText, withLabel } from "./labels.ts";
import { timestampOf } from "./timestamp.ts";

/** @param version Of lb-tcp. */
export function processFamilies(version: string): readonly FamilyDefinition[] {
  return [
    {
      ...single(({ config }) => (config.lastError === null ? 1 : 0)),
      name: "lb_tcp_config_last_reload_successful",
      kind: "gauge",
      help: "Whether the last reload of the configuration succeeded; 1 where there was none.",
    },
    {
      ...single(({ config }) => timestampOf(config.lastSuccessAt)),
      name: "lb_tcp_config_last_reload_success_timestamp_seconds",
      kind: "gauge",
      help: "When the configuration that is in force was taken in, in seconds since 1970.",
    },
    {
      name: "lb_tcp_config_reloads_total",
      kind: "counter",
      help: "Reloads of the configuration, by result.",
      labels: ["result"],
      read: ({ stats }) =>
        Object.entries(stats.config.reloads).map(([result, value]) => ({
          labels: withLabel("", "result", result),
          value,
        })),
    },
    {
      ...single(({ config }) => (config.restartRequired.length > 0 ? 1 : 0)),
      name: "lb_tcp_config_restart_required",
      kind: "gauge",
      help: "Whether the last configuration says something that takes effect at the next start only.",
    },
    {
      name: "lb_tcp_build_info",
      kind: "gauge",
      help: "What runs: always 1.",
      labels: ["version", "node", "transport"],
      read: ({ stats: { transport } }) => [
        { labels: labelText({ version, node: process.versions.node, transport }), value: 1 },
      ],
    },
    {
      ...single(({ sessions }) => sessions.limit),
      name: "lb_tcp_connections_limit",
      kind: "gauge",
      help: "Sessions that the process can have at once.",
    },
    {
      ...single(({ acceptPaused }) => (acceptPaused ? 1 : 0)),
      name: "lb_tcp_accept_paused",
      kind: "gauge",
      help: "Whether clients wait in the kernel, or are turned away, because the process is full.",
    },
    {
      ...single(({ state }) => (state === "closing" || state === "closed" ? 1 : 0)),
      name: "lb_tcp_draining",
      kind: "gauge",
      help: "Whether the process is stopping: 1 from the signal on, the shutdown delay included.",
    },
    {
      ...single(({ logLinesDropped }) => logLinesDropped),
      name: "lb_tcp_log_lines_dropped_total",
      kind: "counter",
      help: "Lines of the log that were lost because whoever reads it was too slow or gone.",
    },
    {
      ...byWorker(({ active }) => active),
      name: "lb_tcp_worker_sessions_active",
      kind: "gauge",
      help: "Sessions of a worker now.",
    },
    {
      ...byWorker(({ restarts }) => restarts),
      name: "lb_tcp_worker_restarts_total",
      kind: "counter",
      help: "How often another thread has taken the place of a worker that died.",
    },
    {
      ...byWorker(({ loopLagMs }) => loopLagMs / 1_000),
      name: "lb_tcp_worker_loop_lag_seconds",
      kind: "gauge",
      help: "By how much the loop of a worker was late at its last beat.",
    },
  ];
}

function single(read: (stats: Stats) => number): Pick<FamilyDefinition, "labels" | "read"> {
  return { labels: [], read: ({ stats }) => [{ labels: "", value: read(stats) }] };
}

function byWorker(read: (worker: WorkerStats) => number): Pick<FamilyDefinition, "labels" | "read"> {
  return {
    labels: ["worker"],
    read: ({ stats }) =>
      stats.workers.map((figures) => ({
        labels: withLabel("", "worker", String(figures.worker)),
        value: read(figures),
      })),
  };
}
