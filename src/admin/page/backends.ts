// The backends of a pool, a row each.

import type { Controls } from "./controls.ts";
import { button, element, setAttribute, setHidden, setText, setWidth } from "./element.ts";
import { formatAgo, formatBytes, formatCount, formatDuration, formatIn, formatRate, formatTime } from "./format.ts";
import type { Rates } from "./recent.ts";
import { setState, statePill } from "./state-pill.ts";
import { type Column, figure, Table } from "./table.ts";
import type { Backend } from "./types.ts";

export interface BackendRow {
  readonly pool: string;
  readonly backend: Backend;
  readonly rates: Rates;
  readonly nowMs: number;
}

const SOON_EXPIRED_MS = 14 * 86_400_000;

export function createBackendTable(pool: string, controls: Controls): Table<BackendRow> {
  return new Table<BackendRow>({
    caption: `Backends of the pool ${pool}`,
    empty: "No backend.",
    keyOf: ({ backend }) => backend.name,
    columns: [
      state,
      name,
      { label: "Weight", kind: "number", ...figure(({ backend }) => String(backend.weight)) },
      sessions,
      {
        label: "Sessions/s",
        hint: "Sessions that ended, a second",
        kind: "number",
        ...figure(({ rates }) => formatRate(rates.sessions)),
      },
      {
        label: "Up/s",
        hint: "Bytes from clients to this backend, a second",
        kind: "number",
        ...figure(({ rates }) => formatBytes(rates.bytesUp)),
      },
      {
        label: "Down/s",
        hint: "Bytes from this backend to clients, a second",
        kind: "number",
        ...figure(({ rates }) => formatBytes(rates.bytesDown)),
      },
      {
        label: "Total",
        hint: "Sessions so far",
        kind: "number",
        ...figure(({ backend }) => formatCount(backend.sessions)),
      },
      dials,
      health,
      actions(controls),
    ],
  });
}

const state: Column<BackendRow> = {
  label: "State",
  kind: "text",
  make: (cell) => cell.append(statePill()),
  fill(cell, { backend }) {
    const [pill] = cell.children;
    if (pill instanceof HTMLElement) setState(pill, backend.state);
    setAttribute(cell.closest("tr") ?? cell, "data-state", backend.state);
  },
};

const name: Column<BackendRow> = {
  label: "Backend",
  kind: "name",
  make: (cell) =>
    cell.append(
      element("b"),
      element("span", { class: "tag" }, "backup"),
      element("span", { class: "tag override" }, "override"),
      element("small"),
    ),
  fill(cell, { backend }) {
    const [title, backup, override, address] = cell.children;
    if (title !== undefined) setText(title, backend.name);
    if (backup instanceof HTMLElement) setHidden(backup, !backend.backup);
    if (override instanceof HTMLElement) {
      setHidden(override, backend.override === null);
      setAttribute(override, "title", backend.override && `by ${backend.override.by} at ${backend.override.at}`);
    }
    if (address !== undefined) setText(address, addressText(backend));
  },
};

const sessions: Column<BackendRow> = {
  label: "Sessions",
  hint: "Now, and at most",
  kind: "number",
  make: (cell) => cell.append(element("span"), element("div", { class: "bar" }, element("i"))),
  fill(cell, { backend: { active, maxConnections } }) {
    const [figures, bar] = cell.children;
    if (figures !== undefined) {
      const limit = maxConnections === null ? "" : ` / ${formatCount(maxConnections)}`;
      setText(figures, `${formatCount(active)}${limit}`);
    }
    setAttribute(cell, "data-zero", active === 0 && maxConnections === null ? "" : null);
    if (!(bar instanceof HTMLElement)) return;
    setHidden(bar, maxConnections === null);
    const [filled] = bar.children;
    if (filled instanceof HTMLElement && maxConnections !== null) {
      setWidth(filled, active / maxConnections);
      setAttribute(filled, "data-full", active >= maxConnections ? "" : null);
    }
  },
};

const dials: Column<BackendRow> = {
  label: "Failed dials",
  hint: "Dials that failed, and how often it was ejected for that",
  kind: "number",
  fill(cell, { backend }) {
    const { ok: _ok, ...failed } = backend.dials;
    const count = Object.values(failed).reduce((sum, each) => sum + each, 0);
    setText(cell, formatCount(count));
    setAttribute(cell, "data-zero", count === 0 ? "" : null);
    const kinds = Object.entries(failed).filter(([, each]) => each > 0);
    const detail = kinds.map(([kind, each]) => `${kind}: ${formatCount(each)}`);
    setAttribute(cell, "title", [...detail, `ejections: ${formatCount(backend.ejections)}`].join("\n"));
  },
};

const health: Column<BackendRow> = {
  label: "Health",
  hint: "The last probe, or why it failed; until when dials that failed keep sessions away",
  kind: "wide",
  make: (cell) => cell.append(element("span"), element("small")),
  fill(cell, row) {
    const [line, more] = cell.children;
    const [first = "", ...rest] = [
      problemOf(row.backend),
      ejectionText(row),
      probeText(row),
      failureText(row),
      certificateText(row),
    ].filter((each) => each !== undefined && each !== "");
    if (line !== undefined) {
      setText(line, first);
      setAttribute(line, "class", urgencyOf(row.backend));
    }
    if (more !== undefined) setText(more, rest.join(" · "));
  },
};

function actions(controls: Controls): Column<BackendRow> {
  return {
    label: "",
    kind: "actions",
    make(cell, current) {
      const turn = button("Drain", () => controls.turn(current().pool, current().backend, wantedState(current())), {
        "data-control": "",
      });
      const change = button("Change…", () => controls.change(current().pool, current().backend), {
        "data-control": "",
      });
      cell.append(turn, change);
    },
    fill(cell, row) {
      const [turn, change] = cell.children;
      const verb = wantedState(row) === "ready" ? "Ready" : "Drain";
      const identity = `${row.pool}/${row.backend.name}`;
      if (turn !== undefined) {
        setText(turn, verb);
        setAttribute(turn, "aria-label", `${verb} ${identity}`);
      }
      if (change !== undefined) setAttribute(change, "aria-label", `Change ${identity}`);
    },
  };
}

function wantedState({ backend }: BackendRow): "ready" | "drain" {
  return backend.state === "drain" || backend.state === "maintenance" ? "ready" : "drain";
}

/** Its own, where it is not its name already; all of them, with those that are not as the backend is. */
function addressText({ name: own, addresses, state: best }: Backend): string {
  if (addresses.length === 0) return "no address";
  if (addresses.length === 1) return addresses[0]?.address === own ? "" : (addresses[0]?.address ?? "");
  return addresses.map(({ address, state: its }) => (its === best ? address : `${address} (${its})`)).join(", ");
}

function problemOf({ addresses, state: its }: Backend): string | undefined {
  const failed = addresses.filter(({ lastProbe }) => lastProbe !== null && lastProbe !== "ok");
  if (failed.length === 0) return its === "down" ? "its name has no address" : undefined;
  const texts = failed.map(({ address, lastProbe }) =>
    addresses.length === 1 ? lastProbe : `${address}: ${lastProbe}`,
  );
  return texts.join("\n");
}

/** One of several addresses that fails is no reason to see red. */
function urgencyOf(backend: Backend): string {
  if (backend.state === "down") return "problem";
  const isEjected = backend.addresses.some(({ ejectedUntil }) => ejectedUntil !== null);
  return isEjected || problemOf(backend) !== undefined ? "warning" : "quiet";
}

function ejectionText({ backend, nowMs }: BackendRow): string | undefined {
  const untilMs = backend.addresses.flatMap(({ ejectedUntil }) =>
    ejectedUntil === null ? [] : [Date.parse(ejectedUntil)],
  );
  if (untilMs.length === 0) return undefined;
  const lastMs = Math.max(...untilMs);
  return lastMs > nowMs
    ? `ejected until ${formatTime(lastMs)} (${formatIn(lastMs - nowMs)})`
    : "ejected, a trial dial is due";
}

function probeText({ backend: { probes }, nowMs }: BackendRow): string {
  if (probes.lastAt === null) return probes.ok + probes.failed === 0 ? "not probed" : "";
  const took = probes.lastMs === null ? "" : ` in ${formatDuration(probes.lastMs)}`;
  return `probed ${formatAgo(nowMs - Date.parse(probes.lastAt))}${took}`;
}

/** Of a failure that is over. One that is not is said first of all. */
function failureText({ backend, nowMs }: BackendRow): string {
  const { lastFailure } = backend.probes;
  if (lastFailure === null || problemOf(backend) !== undefined) return "";
  return `last failed ${formatAgo(nowMs - Date.parse(lastFailure.at))}: ${lastFailure.reason}`;
}

function certificateText({ backend: { probes }, nowMs }: BackendRow): string {
  if (probes.certificateExpiresAt === null) return "";
  const leftMs = Date.parse(probes.certificateExpiresAt) - nowMs;
  if (leftMs <= 0) return "certificate has expired";
  return leftMs < SOON_EXPIRED_MS ? `certificate expires ${formatIn(leftMs)}` : "";
}
