// The first lines of `lb-tcp top`: the process as a whole. Pure.

import type { Overview } from "../../admin/answers.ts";
import type { WorkerStats } from "../../control/stats.ts";
import { isFine } from "../ctl/looking.ts";
import { ageText, bytesText, countText, durationText, plural, rateText } from "../text/figures.ts";
import { type Line, lineLength, type Span, span } from "../text/line.ts";
import { msBetween } from "../text/moment.ts";
import { mixOf } from "./ends.ts";
import type { TopState } from "./state.ts";

const GAP: Span = span("  ");

/** The process: how it is, how much it does, how sessions end, and what is wrong. @param columns NO_TREND leaves the trend out. */
export function headLines(
  state: TopState,
  overview: Overview,
  nowMs: number,
  place: string,
  columns: number,
): readonly Line[] {
  return [
    connectionLine(state, nowMs, place),
    trafficLine(state, overview, columns),
    endsLine(state),
    configLine(overview, overview.status.at),
  ];
}

/** Whether it answers, and what it is. */
export function connectionLine({ connection, overview }: TopState, nowMs: number, place: string): Line {
  const name = span("lb-tcp", "strong");
  if (connection.kind === "lost") {
    const since = ageText(nowMs - connection.sinceMs);
    const stale = overview === undefined ? "" : "; what is shown is from before";
    return [name, span(` ${place}: connection lost ${since} ago (${connection.reason}), trying again${stale}`, "bad")];
  }
  if (overview === undefined) return [name, span(` ${place}: connecting`, "dim")];
  const { version, state, ready, startedAt, at, transport, workers } = overview.status;
  const age = ageText(Math.max(0, msBetween(startedAt, at)));
  return [
    name,
    span(` ${version}`),
    GAP,
    span(state, state === "running" ? "good" : "warning"),
    span(` ${age}`),
    span(ready ? "" : ", not ready", "bad"),
    GAP,
    span(`${transport}, ${plural(workers.length, "worker")}${skewText(workers)}`),
    GAP,
    span(place, "dim"),
  ];
}

/** How many sessions each worker has: ` 6/6`; of many workers the fewest and the most: ` 3-9`. */
function skewText(workers: readonly WorkerStats[]): string {
  if (workers.length < 2) return "";
  const active = workers.map((worker) => worker.active);
  const text = active.length <= MOST_SKEW ? active.join("/") : `${Math.min(...active)}-${Math.max(...active)}`;
  return ` ${text}`;
}

const MOST_SKEW = 4;

/** How sessions ended in the last 15 minutes, the most frequent first. */
function endsLine({ ends }: TopState): Line {
  const mix = mixOf(ends);
  const all = mix.reduce((sum, { count }) => sum + count, 0);
  if (all === 0) return [span("no session ended in 15m", "dim")];
  const parts = mix.map(({ end, count }) =>
    span(`${end} ${shareText(count / all)}`, isFine(end) ? "plain" : "warning"),
  );
  return [span("ends in 15m", "dim"), ...parts.flatMap((part) => [GAP, part])];
}

function shareText(share: number): string {
  return share < 0.01 ? "<1%" : `${Math.round(share * 100)}%`;
}

function trafficLine({ rates, trend }: TopState, { status }: Overview, columns: number): Line {
  const { active, limit } = status.sessions;
  const all = rates?.all;
  const figures: Line = [
    span("sessions "),
    span(countText(active), "strong"),
    span(` of ${countText(limit)}`, "dim"),
    ...(all === undefined
      ? []
      : [
          GAP,
          span(`ended ${rateText(all.ended)}/s`),
          GAP,
          span(`failed ${rateText(all.failed)}/s`, all.failed > 0 ? "warning" : "plain"),
          GAP,
          span(`up ${bytesText(all.bytesUp)}/s`),
          GAP,
          span(`down ${bytesText(all.bytesDown)}/s`),
        ]),
  ];
  const room = Math.min(MOST_TREND_COLUMNS, columns - lineLength(figures) - GAP.text.length);
  return room < LEAST_TREND_COLUMNS ? figures : [...figures, GAP, span(sparkline(trend.slice(-room)), "accent")];
}

const MOST_TREND_COLUMNS = 60;
/** Fewer say nothing. */
const LEAST_TREND_COLUMNS = 5;
/** A width in which there is no trend. */
export const NO_TREND = 0;
const BARS = "▁▂▃▄▅▆▇█";

/** A character for each figure, the highest of them full. */
export function sparkline(figures: readonly number[]): string {
  const most = Math.max(1, ...figures);
  return figures.map((figure) => BARS[Math.round((Math.max(0, figure) / most) * (BARS.length - 1))]).join("");
}

function configLine({ status, overrides, pools }: Overview, at: string): Line {
  const queued = pools.reduce((sum, { queueLength }) => sum + queueLength, 0);
  const { config, acceptPaused, workers, logLinesDropped } = status;
  const restarts = workers.reduce((sum, worker) => sum + worker.restarts, 0);
  const lagMs = Math.max(0, ...workers.map(({ loopLagMs }) => loopLagMs));
  const troubles: Span[] = [
    ...(config.lastError === null ? [] : [span(`last reload failed: ${config.lastError}`, "bad")]),
    ...(acceptPaused ? [span("full: clients wait", "bad")] : []),
    ...(queued === 0 ? [] : [span(`${countText(queued)} queued`, "warning")]),
    ...(config.restartRequired.length === 0
      ? []
      : [span(`needs a restart: ${config.restartRequired.join(", ")}`, "warning")]),
    ...(restarts === 0 ? [] : [span(`${plural(restarts, "worker")} restarted`, "warning")]),
    ...(lagMs < MUCH_LAG_MS ? [] : [span(`lag ${durationText(lagMs)}`, "warning")]),
    ...(logLinesDropped === 0 ? [] : [span(`${plural(logLinesDropped, "log line")} lost`, "warning")]),
    ...(overrides.length === 0 ? [] : [span(plural(overrides.length, "override"), "accent")]),
  ];
  const age = ageText(Math.max(0, msBetween(config.lastSuccessAt, at)));
  return [
    span(`config ${config.hash.slice(0, HASH_COLUMNS)} for ${age}`, "dim"),
    ...troubles.flatMap((each) => [GAP, each]),
  ];
}

const MUCH_LAG_MS = 100;
const HASH_COLUMNS = 8;
