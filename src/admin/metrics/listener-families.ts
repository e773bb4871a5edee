// Sessions by listener, by the pool that they went to, and by how they ended.

import type { EndReason } from "../../session/end.ts";
import type { FamilyDefinition } from "./family.ts";
import { withLabel } from "./labels.ts";

/** Ends by which lb-tcp turns a client away before any backend has served it. */
export const rejections: readonly EndReason[] = [
  "queue-full",
  "queue-timeout",
  "peek-timeout",
  "peek-too-large",
  "bad-proxy-header",
  "bad-request",
  "no-route",
  "denied",
  "over-limit",
  "rate-limited",
];

export const listenerFamilies: readonly FamilyDefinition[] = [
  {
    name: "lb_tcp_sessions_total",
    kind: "counter",
    help: "Sessions that have ended, by how; lb-tcp explain END says what an end means.",
    labels: ["listener", "pool", "end"],
    read: ({ lanes }) =>
      lanes.flatMap(({ labels, figures }) =>
        Object.entries(figures.ends).map(([end, value]) => ({ labels: withLabel(labels, "end", end), value })),
      ),
  },
  {
    name: "lb_tcp_sessions_active",
    kind: "gauge",
    help: "Sessions now.",
    labels: ["listener"],
    read: ({ listeners }) => listeners.map(({ labels, figures }) => ({ labels, value: figures.active })),
  },
  {
    name: "lb_tcp_rejected_total",
    kind: "counter",
    help: "Clients turned away before any backend has served them, by the end of their session.",
    labels: ["listener", "reason"],
    read: ({ listeners }) =>
      listeners.flatMap(({ labels, figures: { ends } }) =>
        rejections.map((reason) => ({ labels: withLabel(labels, "reason", reason), value: ends[reason] ?? 0 })),
      ),
  },
  {
    name: "lb_tcp_http_responses_total",
    kind: "counter",
    help: "HTTP answers of lb-tcp's own, by status.",
    labels: ["listener", "code"],
    read: ({ listeners }) =>
      listeners.flatMap(({ labels, figures }) =>
        Object.entries(figures.answers).map(([code, value]) => ({ labels: withLabel(labels, "code", code), value })),
      ),
  },
  {
    name: "lb_tcp_bytes_total",
    kind: "counter",
    help: "Bytes, those of sessions that go on included, about a second late; up is from client to backend.",
    labels: ["listener", "pool", "direction"],
    read: ({ lanes }) =>
      lanes.flatMap(({ labels, figures }) => [
        { labels: withLabel(labels, "direction", "up"), value: figures.bytesUp },
        { labels: withLabel(labels, "direction", "down"), value: figures.bytesDown },
      ]),
  },
];
