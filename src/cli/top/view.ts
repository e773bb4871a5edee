// What `lb-tcp top` looks like: a state and a size in, lines out. Pure.

import type { ListenerAnswer, Overview } from "../../admin/answers.ts";
import { reasonText, stateSpan } from "../ctl/tones.ts";
import type { Row } from "../page.ts";
import { type Column, tableLines } from "../text/columns.ts";
import { bytesText, countText, durationText, plural, rateText } from "../text/figures.ts";
import { clipLine, type Line, lineLength, padLine, type Span, span, toned } from "../text/line.ts";
import { connectionLine, headLines, NO_TREND } from "./head.ts";
import { keyRows } from "./help.ts";
import { type BackendRow, shownRows } from "./rows.ts";
import type { TopState } from "./state.ts";
import type { TerminalSize } from "./terminal.ts";

/** Exactly as many lines as there are rows, none of them wider than there are columns. */
export function screenLines(state: TopState, { columns, rows }: TerminalSize, nowMs: number, place: string): Line[] {
  const body = Math.max(0, rows - 1);
  const lines = state.mode.kind === "help" ? helpLines() : liveLines(state, { columns, rows: body }, nowMs, place);
  const filled = Array.from({ length: body }, (_, at): Line => lines[at] ?? []);
  return [...filled, footerLine(state, nowMs, columns)].slice(-rows).map((line) => clipLine(line, columns));
}

/** As many rows of backends as screenLines() shows at least: a page. */
export function pageRows({ rows }: TerminalSize): number {
  return Math.max(1, Math.floor(rows / 2));
}

/** The same for what is no terminal: all of it. */
export function blockLines(state: TopState, nowMs: number, place: string): readonly Line[] {
  const { overview } = state;
  if (overview === undefined) return [];
  const width = Number.POSITIVE_INFINITY;
  return [
    ...headLines(state, overview, nowMs, place, NO_TREND),
    [],
    ...listenerTable(overview, state, width),
    [],
    ...backendTable(shownRows(state), overview, state, width),
  ];
}

function liveLines(state: TopState, { columns, rows }: TerminalSize, nowMs: number, place: string): readonly Line[] {
  const { overview } = state;
  if (overview === undefined) return [connectionLine(state, nowMs, place)];
  const backends = shownRows(state);
  const selected = backends.find(({ identity }) => identity === state.selected);
  const detail = selected === undefined ? [] : [detailLine(selected, overview)];
  const head = headLines(state, overview, nowMs, place, columns);
  const listeners = listenerTable(overview, state, columns);
  const [title = [], ...all] = backendTable(backends, overview, state, columns);
  // Two lines are empty, one is the title of the backends.
  const room = Math.max(2, rows - head.length - 3 - detail.length);
  const fewListeners = cutTo(listeners, Math.max(2, room - Math.max(all.length, Math.ceil(room / 2))), "listeners");
  const space = Math.max(1, room - fewListeners.length);
  const selectedAt = selected === undefined ? -1 : backends.indexOf(selected);
  const start = Math.max(0, Math.min(selectedAt - Math.floor(space / 2), all.length - space));
  const shown = all.slice(start, start + space).map((line, at) => {
    return start + at === selectedAt ? toned(padLine(line, columns), "selected") : line;
  });
  const none: Line = [span(state.filter === "" ? "no backends" : `no backend has "${state.filter}"`, "dim")];
  const lines = [...head, [], ...fewListeners, [], title, ...(shown.length === 0 ? [none] : shown)];
  const filling = Array.from({ length: Math.max(0, rows - lines.length - detail.length) }, (): Line => []);
  return [...lines, ...filling, ...detail];
}

/** What does not fit into its row. */
function detailLine({ identity, backend }: BackendRow, { status }: Overview): Line {
  const addresses = backend.addresses.map(({ address }) => address).join(", ");
  const limit = backend.maxConnections === null ? "" : `, limit ${countText(backend.maxConnections)}`;
  const reason = reasonText(backend, status.at);
  return [span(`${identity}`, "strong"), span(` ${addresses}${limit}${reason === "" ? "" : `: ${reason}`}`)];
}

function cutTo(lines: readonly Line[], most: number, what: string): readonly Line[] {
  if (lines.length <= most) return lines;
  const kept = lines.slice(0, Math.max(1, most - 1));
  return [...kept, [span(`and ${lines.length - kept.length} more ${what}`, "dim")]];
}

function listenerTable(overview: Overview, { rates }: TopState, width: number): readonly Line[] {
  const columns: readonly Column[] = [
    { title: "LISTENER" },
    { title: "ADDRESS", dispensable: 2 },
    { title: "POOL", dispensable: 3 },
    { title: "SESSIONS", align: "right" },
    { title: "ENDED/S", align: "right" },
    { title: "FAILED/S", align: "right", dispensable: 1 },
    { title: "UP/S", align: "right" },
    { title: "DOWN/S", align: "right" },
  ];
  const cellsOf = ({ name, addresses, pool, active }: ListenerAnswer): readonly Span[] => {
    const each = rates?.listeners.get(name);
    return [
      span(name),
      span(addresses.join(", ") || "-"),
      span(pool ?? "by route"),
      span(countText(active)),
      rateSpan(each?.ended),
      span(
        each === undefined ? "-" : rateText(each.failed),
        each !== undefined && each.failed > 0 ? "warning" : "plain",
      ),
      bytesSpan(each?.bytesUp),
      bytesSpan(each?.bytesDown),
    ];
  };
  return tableLines(columns, overview.listeners.map(cellsOf), width);
}

function backendTable(
  rows: readonly BackendRow[],
  { status }: Overview,
  { rates, sort }: TopState,
  width: number,
): readonly Line[] {
  const mark = (title: string, order: string): string => (sort === order ? `${title}↓` : title);
  const columns: readonly Column[] = [
    { title: sort === "name" ? "BACKEND↑" : "BACKEND" },
    { title: mark("STATE", "state") },
    { title: "WEIGHT", align: "right", dispensable: 2 },
    { title: mark("SESSIONS", "sessions"), align: "right" },
    { title: mark("/S", "rate"), align: "right" },
    { title: mark("UP/S", "bytes"), align: "right", dispensable: 1 },
    { title: mark("DOWN/S", "bytes"), align: "right", dispensable: 1 },
    { title: "DIAL", align: "right", dispensable: 3 },
    { title: "REASON" },
  ];
  const cellsOf = ({ identity, pool, backend, rates: own }: BackendRow): readonly Span[] => {
    const dialMs = rates?.pools.get(pool)?.dialMs;
    return [
      span(`${identity}${backend.backup ? " (backup)" : ""}`),
      stateSpan(backend.state),
      span(countText(backend.weight)),
      span(countText(backend.active)),
      rateSpan(own?.sessions),
      bytesSpan(own?.bytesUp),
      bytesSpan(own?.bytesDown),
      span(dialMs === undefined ? "-" : durationText(dialMs)),
      span(reasonText(backend, status.at)),
    ];
  };
  return tableLines(columns, rows.map(cellsOf), width);
}

function rateSpan(perSecond: number | undefined): Span {
  return span(perSecond === undefined ? "-" : rateText(perSecond));
}

function bytesSpan(perSecond: number | undefined): Span {
  return span(perSecond === undefined ? "-" : bytesText(perSecond));
}

function helpLines(): readonly Line[] {
  const rows: readonly Row[] = [
    ...keyRows,
    { term: "", text: "" },
    { term: "ENDED/S, /S", text: "sessions that ended at a listener; that a backend was given" },
    { term: "FAILED/S", text: "those that ended neither in order nor by the client's hand" },
    { term: "UP/S, DOWN/S", text: "bytes to and from backends, counted when a session ends" },
    { term: "DIAL", text: "how long connecting took on average in the last second, over the pool" },
  ];
  const width = Math.max(...rows.map(({ term }) => term.length)) + 2;
  return [
    [span("lb-tcp top", "strong")],
    [],
    ...rows.map(({ term, text }): Line => [span(`  ${term.padEnd(width)}`, "accent"), span(text)]),
    [],
    [span("Any key leads back.", "dim")],
  ];
}

function footerLine(state: TopState, nowMs: number, columns: number): Line {
  const { mode, notice, filter, sort } = state;
  if (mode.kind === "confirm") {
    const { pool, backend, state: wanted } = mode.wanted;
    const identity = `${pool}/${backend}`;
    const active = shownRows(state).find((row) => row.identity === identity)?.backend.active ?? 0;
    return padLine(
      [span(`Put ${identity} into ${wanted}? It has ${plural(active, "session")}. y/n`, "selected")],
      columns,
    );
  }
  if (mode.kind === "filter") return [span(`/${filter}█`, "strong"), span("  Enter keeps it, Esc drops it", "dim")];
  if (notice !== undefined && nowMs < notice.untilMs) return [span(notice.text, notice.tone)];
  const filtered = filter === "" ? "" : `  showing "${filter}"`;
  const keys = `q quit  s sort: ${sort}  / filter  d drain  m maintenance  r ready  ? help${filtered}`;
  const line = [span(keys, "dim")];
  return lineLength(line) <= columns ? line : [span(`q quit  s ${sort}  / d m r  ? help${filtered}`, "dim")];
}
