// Backends, over all their addresses.

import type { BackendStatus } from "../../control/backend.ts";
import type { DepartedBackend } from "../../control/departed.ts";
import type { FamilyDefinition, Sample } from "./family.ts";
import { withLabel } from "./labels.ts";
import type { Labelled } from "./scrape.ts";
import { timestampOf } from "./timestamp.ts";

type Counts = Omit<DepartedBackend, "pool">;
type Reading = Pick<FamilyDefinition, "labels" | "read">;

const BACKEND = ["pool", "backend"];
const states = ["ready", "drain", "maintenance", "down", "ejected"] as const;

export const backendFamilies: readonly FamilyDefinition[] = [
  {
    ...counted(({ sessions }) => sessions),
    name: "lb_tcp_backend_sessions_total",
    kind: "counter",
    help: "Sessions with a backend that have ended.",
  },
  {
    ...counted(({ active }) => active),
    name: "lb_tcp_backend_sessions_active",
    kind: "gauge",
    help: "Sessions with a backend now, dials included.",
  },
  {
    ...countedBy("direction", ({ bytesUp, bytesDown }) => ({ up: bytesUp, down: bytesDown })),
    name: "lb_tcp_backend_bytes_total",
    kind: "counter",
    help: "Bytes, those of sessions that go on included, about a second late; up is from client to backend.",
  },
  {
    ...countedBy("result", ({ dials }) => dials),
    name: "lb_tcp_backend_dials_total",
    kind: "counter",
    help: "Dials to a backend, by result; local is a failure of this machine's own.",
  },
  {
    ...present(({ state }) => (state === "down" || state === "ejected" ? 0 : 1)),
    name: "lb_tcp_backend_up",
    kind: "gauge",
    help: "0 while probes find a backend down, dials to it have failed too often, or its name has no address; otherwise 1.",
  },
  {
    ...present(({ weight }) => weight),
    name: "lb_tcp_backend_weight",
    kind: "gauge",
    help: "Share of the sessions relative to the others of the pool.",
  },
  {
    labels: [...BACKEND, "state"],
    read: ({ backends }) =>
      byWord("state", backends, ({ state }) =>
        Object.fromEntries(states.map((each) => [each, each === state ? 1 : 0])),
      ),
    name: "lb_tcp_backend_state",
    kind: "gauge",
    help: "1 for the state that a backend is in: the best of its addresses' states.",
  },
  {
    ...counted(({ ejections }) => ejections),
    name: "lb_tcp_backend_ejections_total",
    kind: "counter",
    help: "How often a backend was taken out of rotation because dials to it failed.",
  },
  {
    ...countedBy("result", ({ probes }) => ({ ok: probes.ok, fail: probes.failed })),
    name: "lb_tcp_probes_total",
    kind: "counter",
    help: "Probes of a backend, by result.",
  },
  {
    ...present(({ probes: { lastMs } }) => (lastMs === null ? undefined : lastMs / 1_000)),
    name: "lb_tcp_probe_last_seconds",
    kind: "gauge",
    help: "How long the last probe of a backend took.",
  },
  {
    ...present(({ probes: { certificateExpiresAt: at } }) => (at === null ? undefined : timestampOf(at))),
    name: "lb_tcp_probe_certificate_expiry_seconds",
    kind: "gauge",
    help: "When the certificate ends that the last probe over TLS saw, in seconds since 1970.",
  },
];

/** What those have that are there. @param read Undefined where there is nothing to say. */
function present(read: (figures: BackendStatus) => number | undefined): Reading {
  return {
    labels: BACKEND,
    read: ({ backends }) =>
      backends.flatMap(({ labels, figures }) => {
        const value = read(figures);
        return value === undefined ? [] : [{ labels, value }];
      }),
  };
}

/** What those have, too, that were removed. */
function counted(read: (figures: Counts) => number): Reading {
  return {
    labels: BACKEND,
    read: ({ counted: all }) => all.map(({ labels, figures }) => ({ labels, value: read(figures) })),
  };
}

/** The same by the words of a label. */
function countedBy(label: string, read: (figures: Counts) => Readonly<Record<string, number>>): Reading {
  return {
    labels: [...BACKEND, label],
    read: ({ counted: all }) => byWord(label, all, read),
  };
}

function byWord<Figures>(
  label: string,
  all: readonly Labelled<Figures>[],
  read: (figures: Figures) => Readonly<Record<string, number>>,
): readonly Sample[] {
  return all.flatMap(({ labels, figures }) =>
    Object.entries(read(figures)).map(([word, value]) => ({ labels: withLabel(labels, label, word), value })),
  );
}
