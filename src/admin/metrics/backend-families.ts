// Backends, over all their addresses.

import type { BackendStatus } from "../../control/backend.ts";
import type { FamilyDefinition } from "./family.ts";
import { withLabel } from "./labels.ts";
import { timestampOf } from "./timestamp.ts";

type Reading = Pick<FamilyDefinition, "labels" | "read">;

const BACKEND = ["pool", "backend"];
const states = ["ready", "drain", "maintenance", "down", "ejected"] as const;

export const backendFamilies: readonly FamilyDefinition[] = [
  {
    ...single(({ sessions }) => sessions),
    name: "lb_tcp_backend_sessions_total",
    kind: "counter",
    help: "Sessions with a backend that have ended.",
  },
  {
    ...single(({ active }) => active),
    name: "lb_tcp_backend_sessions_active",
    kind: "gauge",
    help: "Sessions with a backend now, dials included.",
  },
  {
    ...each("direction", ({ bytesUp, bytesDown }) => ({ up: bytesUp, down: bytesDown })),
    name: "lb_tcp_backend_bytes_total",
    kind: "counter",
    help: "Bytes of sessions with a backend that have ended; up is from client to backend.",
  },
  {
    ...each("result", ({ dials }) => dials),
    name: "lb_tcp_backend_dials_total",
    kind: "counter",
    help: "Dials to a backend, by result; local is a failure of this machine's own.",
  },
  {
    ...single(({ state }) => (state === "down" || state === "ejected" ? 0 : 1)),
    name: "lb_tcp_backend_up",
    kind: "gauge",
    help: "0 while probes find a backend down, dials to it have failed too often, or its name has no address; otherwise 1.",
  },
  {
    ...single(({ weight }) => weight),
    name: "lb_tcp_backend_weight",
    kind: "gauge",
    help: "Share of the sessions relative to the others of the pool.",
  },
  {
    ...each("state", ({ state }) => Object.fromEntries(states.map((each) => [each, each === state ? 1 : 0]))),
    name: "lb_tcp_backend_state",
    kind: "gauge",
    help: "1 for the state that a backend is in: the best of its addresses' states.",
  },
  {
    ...single(({ ejections }) => ejections),
    name: "lb_tcp_backend_ejections_total",
    kind: "counter",
    help: "How often a backend was taken out of rotation because dials to it failed.",
  },
  {
    ...each("result", ({ probes }) => ({ ok: probes.ok, fail: probes.failed })),
    name: "lb_tcp_probes_total",
    kind: "counter",
    help: "Probes of a backend, by result.",
  },
  {
    ...single(({ probes: { lastMs } }) => (lastMs === null ? undefined : lastMs / 1_000)),
    name: "lb_tcp_probe_last_seconds",
    kind: "gauge",
    help: "How long the last probe of a backend took.",
  },
  {
    ...single(({ probes: { certificateExpiresAt: at } }) => (at === null ? undefined : timestampOf(at))),
    name: "lb_tcp_probe_certificate_expiry_seconds",
    kind: "gauge",
    help: "When the certificate ends that the last probe over TLS saw, in seconds since 1970.",
  },
];

/** @param read Undefined where there is nothing to say. */
function single(read: (figures: BackendStatus) => number | undefined): Reading {
  return {
    labels: BACKEND,
    read: ({ backends }) =>
      backends.flatMap(({ labels, figures }) => {
        const value = read(figures);
        return value === undefined ? [] : [{ labels, value }];
      }),
  };
}

/** A series for each word. */
function each(label: string, read: (figures: BackendStatus) => Readonly<Record<string, number>>): Reading {
  return {
    labels: [...BACKEND, label],
    read: ({ backends }) =>
      backends.flatMap(({ labels, figures }) =>
        Object.entries(read(figures)).map(([word, value]) => ({ labels: withLabel(labels, label, word), value })),
      ),
  };
}
