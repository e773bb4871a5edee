// A balancer from new to closed.

import { LbError } from "../errors.ts";
import type { ReloadEvent } from "../observe/events.ts";
import { isoTime } from "../observe/iso-time.ts";
import type { ListeningAddress } from "./addresses.ts";
import type { Assembly } from "./assembly.ts";
import { logConfiguration } from "./configuration-log.ts";
import { inTime } from "./deadline.ts";
import { FIRST_LOOKUP_MS } from "./reload.ts";
import type { ReloadReport } from "./reload-report.ts";
import { type ConfigStats, type ReloadOptions, type ReloadSource, Reloads } from "./reloads.ts";

/** In this order; `running` may be left out. */
export type LifecycleState = "new" | "starting" | "running" | "closing" | "closed";

export interface CloseOptions {
  /** Goes on accepting for so long before it stops. Milliseconds, default 0. */
  readonly delayMs?: number;
  /** How long live sessions may finish; the rest is reset. Milliseconds, default 0. */
  readonly graceMs?: number;
}

export interface CloseReport {
  /** Sessions that were live when accepting stopped and ended by themselves. */
  readonly finished: number;
  /** Sessions that were reset. */
  readonly reset: number;
}

/** The part of a balancer that starts and stops it. See `Balancer` for what each of them does. */
export interface Lifecycle {
  readonly state: LifecycleState;
  /** Milliseconds since 1970: when `start` was called, or before that, when it was made. */
  readonly startedAtMs: number;
  readonly addresses: readonly ListeningAddress[];
  readonly config: ConfigStats;
  start(): Promise<void>;
  reload(source: ReloadSource, options?: ReloadOptions): Promise<ReloadReport>;
  close(options?: CloseOptions): Promise<CloseReport>;
  destroy(): void;
}

/** The lifecycle of parts that have not been started. */
export function createLifecycle(assembly: Assembly): Lifecycle {
  const { addresses, clock, dataPlane, departures, events, journal, publish, reports, roster, rows, webhook } =
    assembly;
  const { log } = journal;
  let state: LifecycleState = "new";
  let startedAtMs = clock.wallMs();
  let starting: Promise<void> | undefined;
  let closing: Promise<CloseReport> | undefined;
  let cutShort = (): void => {};
  const cut = new Promise<void>((resolve) => {
    cutShort = resolve;
  });
  const isClosing = (): boolean => closing !== undefined;
  const waitingForClose = new Set<() => void>();
  const reloads = new Reloads(log, announceReload, {
    clock,
    roster,
    rows,
    addresses,
    departures,
    dataPlane,
    publish,
    onClosing(callback) {
      if (isClosing()) callback();
      waitingForClose.add(callback);
      return () => void waitingForClose.delete(callback);
    },
    isClosing,
  });

  function announceReload(event: Omit<ReloadEvent, "at">): void {
    events.emit("reload", { ...event, at: isoTime(clock.wallMs()) });
  }

  function start(): Promise<void> {
    if (state !== "new") {
      const message = "start: only once, and not after close; make another balancer";
      return Promise.reject(new LbError("LB_CLOSED", message));
    }
    starting = startAll();
    return starting;
  }

  async function startAll(): Promise<void> {
    state = "starting";
    startedAtMs = clock.wallMs();
    logConfiguration(log, { ...assembly, config: roster.config });
    try {
      await dataPlane.start();
      if (closing !== undefined) return;
      await startPools();
      for (const wanted of addresses.missing(roster.config.listeners)) {
        if (isClosing()) return;
        await addresses.open(wanted);
      }
      addresses.sayUnused();
    } catch (error) {
      const wasClosed = closing !== undefined;
      await close();
      // Whoever closes what starts wants no error.
      if (!wasClosed) throw error;
    }
    if (closing === undefined) state = "running";
  }

  async function startPools(): Promise<void> {
    const located = Promise.all([...roster.pools.values()].map((pool) => pool.start()));
    publish();
    await inTime(clock, located, FIRST_LOOKUP_MS);
  }

  async function reload(source: ReloadSource, options?: ReloadOptions): Promise<ReloadReport> {
    if (starting === undefined) throw new LbError("LB_CLOSED", "reload: it has not been started; start it first");
    // What keeps it from starting is said to whoever has started it.
    await starting.catch(() => {});
    return reloads.reload(source, options);
  }

  function close(options: CloseOptions = {}): Promise<CloseReport> {
    closing ??= stop(options);
    for (const callback of waitingForClose) callback();
    return closing;
  }

  async function stop({ delayMs = 0, graceMs = 0 }: CloseOptions): Promise<CloseReport> {
    state = "closing";
    if (delayMs > 0) {
      log.info("shutdown-delay", { delayMs }, `Stopping in ${delayMs} ms; still accepting`);
      await inTime(clock, cut, delayMs);
    }
    const live = await stopAccepting();
    if (live > 0) log.info("drain", { sessions: live, graceMs }, `Draining ${live} sessions for at most ${graceMs} ms`);
    if (graceMs > 0) await inTime(clock, Promise.race([dataPlane.whenEmpty(), cut]), graceMs);
    const reset = await dataPlane.abort("shutdown", { kind: "all" });
    await dataPlane.whenEmpty();
    await dataPlane.close();
    for (const pool of [...roster.pools.values(), ...roster.leavingPools.values()]) pool.close();
    reports.close();
    await webhook.close();
    const report = { finished: live - reset, reset };
    log.info("stopped", report, `Stopped: ${report.finished} sessions finished, ${reset} reset`);
    await journal.close();
    state = "closed";
    return report;
  }

  /** Frees the addresses. @returns the sessions that live. */
  async function stopAccepting(): Promise<number> {
    await reloads.idle();
    departures.close();
    await addresses.closeAll();
    return dataPlane.sessionCount;
  }

  // Whoever is told, too, may close it in a better way: it is asked first.
  events.on("failed", () => queueMicrotask(() => void close()));

  return {
    get state() {
      return state;
    },
    get startedAtMs() {
      return startedAtMs;
    },
    get addresses() {
      return addresses.list;
    },
    get config() {
      return reloads.stats;
    },
    start,
    reload,
    close,
    destroy() {
      cutShort();
      void close();
    },
  };
}
