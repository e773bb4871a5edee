// The verbs that show how things are.

import type { ListenerAnswer, Page, StatusAnswer } from "../../admin/answers.ts";
import type { BackendStatus } from "../../control/backend.ts";
import type { Override } from "../../control/override.ts";
import type { ListenerStats, PoolStats } from "../../control/stats.ts";
import type { HistogramCounts } from "../../session/counters.ts";
import { endReasons, ends } from "../../session/end.ts";
import type { ExitCode } from "../failure.ts";
import type { Column } from "../text/columns.ts";
import { ageText, bytesText, countText, durationText, plural } from "../text/figures.ts";
import { type Line, type Span, span } from "../text/line.ts";
import { msBetween } from "../text/moment.ts";
import { ask, askAll, type Errand, fail, printJson, printLines, printTable, wantsJson } from "./errand.ts";
import { failAbout } from "./identity.ts";
import { agoText, overrideText, reasonText, stateSpan } from "./tones.ts";

export async function showStatus(errand: Errand): Promise<ExitCode> {
  const answer = await ask<StatusAnswer>(errand, { method: "GET", path: "/status" });
  if (answer.kind !== "answer") return fail(errand, answer);
  return wantsJson(errand) ? printJson(errand, answer.body) : printLines(errand, statusLines(answer.body));
}

/** A line for each thing that there is to know. */
export function statusLines(status: StatusAnswer): readonly Line[] {
  const { version, node, transport, instance, state, sessions, workers, config, at } = status;
  const lag = Math.max(0, ...workers.map(({ loopLagMs }) => loopLagMs));
  const restarts = workers.reduce((sum, worker) => sum + worker.restarts, 0);
  const ready = status.ready ? span("yes", "good") : span(status.draining ? "no, it is stopping" : "no", "bad");
  const rows: readonly (readonly [term: string, ...values: readonly Span[]])[] = [
    ["version", span(`${version} on Node ${node}, transport ${transport}, instance ${instance}`)],
    [
      "state",
      span(state, state === "running" ? "good" : "warning"),
      // It has run for so long, but not been stopping for so long.
      span(
        `${state === "running" ? " for" : ", started"} ${durationOf(status.startedAt, at)}${state === "running" ? "" : " ago"}`,
      ),
    ],
    ["ready", ready, span(` (ready-when ${status.readyWhen})`, "dim")],
    [
      "sessions",
      span(`${countText(sessions.active)} of ${countText(sessions.limit)}`),
      ...(status.acceptPaused ? [span("; full: clients wait or are turned away", "bad")] : []),
    ],
    [
      "workers",
      span(
        `${workers.length}, ${plural(restarts, "restart")}, lag ${durationText(lag)}`,
        restarts > 0 ? "warning" : "plain",
      ),
    ],
    [
      "config",
      span(`${config.hash}, in force for ${durationOf(config.lastSuccessAt, at)}, `),
      span(`${plural(config.reloads.ok, "reload")}, ${config.reloads.failed} failed`),
    ],
    ...(config.lastError === null ? [] : [["", span(`last reload failed: ${config.lastError}`, "bad")] as const]),
    ...(config.restartRequired.length === 0
      ? []
      : [["", span(`needs a restart: ${config.restartRequired.join(", ")}`, "warning")] as const]),
    ["log", span(`level ${status.logLevel}, `), droppedSpan(status.logLinesDropped)],
  ];
  return rows.map(([term, ...values]) => [span(term.padEnd(10), "dim"), ...values]);
}

function droppedSpan(count: number): Span {
  return span(`${plural(count, "line")} lost`, count > 0 ? "warning" : "plain");
}

function durationOf(from: string, to: string): string {
  return ageText(Math.max(0, msBetween(from, to)));
}

const listenerColumns: readonly Column[] = [
  { title: "LISTENER" },
  { title: "ADDRESS" },
  { title: "POOL" },
  { title: "SESSIONS", align: "right" },
  { title: "ENDED", align: "right" },
  { title: "FAILED", align: "right" },
  { title: "UP", align: "right" },
  { title: "DOWN", align: "right" },
];

export async function showListeners(errand: Errand): Promise<ExitCode> {
  const answer = await askAll<ListenerAnswer>(errand, "/listeners");
  if (answer.kind !== "answer") return fail(errand, answer);
  if (wantsJson(errand)) return printJson(errand, answer.body);
  return printTable(errand, listenerColumns, answer.body.items.map(listenerCells), "there are no listeners");
}

function listenerCells(listener: ListenerAnswer): readonly Span[] {
  const failed = failedCount(listener);
  return [
    span(listener.name),
    span(listener.addresses.join(", ") || "-"),
    span(listener.pool ?? "by route"),
    span(countText(listener.active)),
    span(countText(endedCount(listener))),
    span(countText(failed), failed > 0 ? "warning" : "plain"),
    span(bytesText(listener.bytesUp)),
    span(bytesText(listener.bytesDown)),
  ];
}

/** Sessions that have ended. */
export function endedCount({ ends: counts }: Pick<ListenerStats, "ends">): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Those among them that neither ended in order nor by the client's hand. */
export function failedCount({ ends: counts }: Pick<ListenerStats, "ends">): number {
  return Object.entries(counts).reduce((sum, [end, count]) => (isFine(end) ? sum : sum + count), 0);
}

const fineEnds: ReadonlySet<string> = new Set(
  endReasons.filter((end) => ends[end].orderly || ends[end].by === "client"),
);

/** Whether it is an end in order, or by the client's hand. One that a newer server may have is not. */
export function isFine(end: string): boolean {
  return fineEnds.has(end);
}

const poolColumns: readonly Column[] = [
  { title: "POOL" },
  { title: "USABLE", align: "right" },
  { title: "BACKENDS", align: "right" },
  { title: "SESSIONS", align: "right" },
  { title: "QUEUED", align: "right" },
  { title: "RETRIES", align: "right" },
  { title: "DIAL", align: "right" },
  { title: "FIRST BYTE", align: "right" },
];

export async function showPools(errand: Errand): Promise<ExitCode> {
  const answer = await askAll<PoolStats>(errand, "/pools");
  if (answer.kind !== "answer") return fail(errand, answer);
  if (wantsJson(errand)) return printJson(errand, answer.body);
  return printTable(errand, poolColumns, answer.body.items.map(poolCells), "there are no pools");
}

function poolCells({ name, usable, backends, queueLength, retries, histograms }: PoolStats): readonly Span[] {
  return [
    span(name),
    span(countText(usable), usable === 0 ? "bad" : "plain"),
    span(countText(backends.length)),
    span(countText(backends.reduce((sum, { active }) => sum + active, 0))),
    span(countText(queueLength), queueLength > 0 ? "warning" : "plain"),
    span(countText(retries)),
    span(meanText(histograms.dial)),
    span(meanText(histograms.firstByte)),
  ];
}

function meanText({ sumMs, count }: HistogramCounts): string {
  return count === 0 ? "-" : durationText(sumMs / count);
}

const backendColumns: readonly Column[] = [
  { title: "BACKEND" },
  { title: "STATE" },
  { title: "WEIGHT", align: "right" },
  { title: "SESSIONS", align: "right" },
  { title: "LIMIT", align: "right", dispensable: 2 },
  { title: "TOTAL", align: "right", dispensable: 2 },
  { title: "FAILED", align: "right" },
  { title: "UP", align: "right", dispensable: 3 },
  { title: "DOWN", align: "right", dispensable: 3 },
  { title: "ADDRESS", dispensable: 1 },
  { title: "REASON" },
];

export async function showBackends(errand: Errand): Promise<ExitCode> {
  const [name] = errand.words;
  const status = await ask<StatusAnswer>(errand, { method: "GET", path: "/status" });
  if (status.kind !== "answer") return fail(errand, status);
  const answer =
    name === undefined
      ? await askAll<PoolStats>(errand, "/pools")
      : await ask<PoolStats>(errand, { method: "GET", path: `/pools/${encodeURIComponent(name)}` });
  if (answer.kind !== "answer") return failAbout(errand, name ?? "", answer);
  if (wantsJson(errand)) return printJson(errand, answer.body);
  const pools = isPage(answer.body) ? answer.body.items : [answer.body];
  const rows = pools.flatMap((pool) =>
    pool.backends.map((backend) => backendCells(pool.name, backend, status.body.at)),
  );
  return printTable(errand, backendColumns, rows, "there are no backends");
}

function isPage(body: PoolStats | Page<PoolStats>): body is Page<PoolStats> {
  return "items" in body;
}

function backendCells(pool: string, backend: BackendStatus, at: string): readonly Span[] {
  const { dials, addresses, maxConnections } = backend;
  const failed = Object.entries(dials).reduce((sum, [result, count]) => (result === "ok" ? sum : sum + count), 0);
  const [address] = addresses;
  const more = addresses.length > 1 ? ` +${addresses.length - 1}` : "";
  return [
    span(`${pool}/${backend.name}${backend.backup ? " (backup)" : ""}`),
    stateSpan(backend.state),
    span(countText(backend.weight)),
    span(countText(backend.active)),
    span(maxConnections === null ? "off" : countText(maxConnections)),
    span(countText(backend.sessions)),
    span(countText(failed), failed > 0 ? "warning" : "plain"),
    span(bytesText(backend.bytesUp)),
    span(bytesText(backend.bytesDown)),
    span(address === undefined ? "-" : `${address.address}${more}`),
    span(reasonText(backend, at)),
  ];
}

const overrideColumns: readonly Column[] = [
  { title: "BACKEND" },
  { title: "OVERRIDE" },
  { title: "BY" },
  { title: "SINCE" },
];

export async function showOverrides(errand: Errand): Promise<ExitCode> {
  const status = await ask<StatusAnswer>(errand, { method: "GET", path: "/status" });
  if (status.kind !== "answer") return fail(errand, status);
  const answer = await askAll<Override>(errand, "/overrides");
  if (answer.kind !== "answer") return fail(errand, answer);
  if (wantsJson(errand)) return printJson(errand, answer.body);
  const rows = answer.body.items.map((override) => [
    span(`${override.pool}/${override.backend}`),
    span(overrideText(override)),
    span(override.by),
    span(`${override.at} (${agoText(override.at, status.body.at)})`),
  ]);
  return printTable(errand, overrideColumns, rows, "nothing was changed at run time");
}
