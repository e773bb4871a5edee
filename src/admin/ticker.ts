// Once a second: a sample for the history, and the figures for whoever listens. And what has happened, as it happens.

import type { Clock, Timer } from "../clock.ts";
import type { Balancer } from "../control/balancer.ts";
import type { AuditEvent, BackendEvent, ReloadEvent } from "../observe/events.ts";
import type { EventStream } from "./event-stream.ts";
import type { HistoryRecord } from "./history.ts";
import type { View } from "./view.ts";

export interface TickerParts {
  readonly balancer: Balancer;
  readonly clock: Clock;
  readonly view: View;
  readonly history: HistoryRecord;
  readonly stream: EventStream;
}

export interface Ticker {
  start(): void;
  close(): void;
}

const INTERVAL_MS = 1_000;

export function createTicker({ balancer, clock, view, history, stream }: TickerParts): Ticker {
  let timer: Timer | undefined;
  let dueMs = 0;
  const onBackend = (event: BackendEvent): void => stream.send("backend", event);
  const onReload = (event: ReloadEvent): void => stream.send("config", event);
  const onAudit = (event: AuditEvent): void => stream.send("audit", event);

  function tick(): void {
    const { sessions, listeners } = balancer.summary();
    history.add(clock.wallMs(), sessions.active, listeners);
    if (stream.isWatched) stream.send("stats", view.overview());
    const nowMs = clock.nowMs();
    // What was missed, because the process was stopped, is not made up for.
    dueMs = Math.max(dueMs + INTERVAL_MS, nowMs);
    timer = clock.setTimer(tick, dueMs - nowMs);
  }

  return {
    start() {
      dueMs = clock.nowMs();
      balancer.on("backend", onBackend);
      balancer.on("reload", onReload);
      balancer.on("audit", onAudit);
      tick();
    },
    close() {
      timer?.cancel();
      balancer.off("backend", onBackend);
      balancer.off("reload", onReload);
      balancer.off("audit", onAudit);
    },
  };
}
