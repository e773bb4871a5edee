// A balancer from new to closed.

import type { ListenerConfig } from "../config/config.ts";
import { type Answer, ask } from "../discovery/lookup.ts";
import { LOOKUP_TIMEOUT_MS } from "../discovery/names.ts";
import { LbError } from "../errors.ts";
import { formatAddress, type SocketAddress } from "../wire/address.ts";
import type { Assembly } from "./assembly.ts";
import { logConfiguration } from "./configuration-log.ts";
import { inTime } from "./deadline.ts";
import { openListeners } from "./listening.ts";

/** In this order; `running` may be left out. */
export type LifecycleState = "new" | "starting" | "running" | "closing" | "closed";

/** Where clients can connect. */
export interface ListeningAddress {
  readonly listener: string;
  /** `ip:port` or `unix:/path`; with the port that 0 became. */
  readonly address: string;
  /** Null for a unix socket. */
  readonly port: number | null;
}

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
  readonly addresses: readonly ListeningAddress[];
  start(): Promise<void>;
  close(options?: CloseOptions): Promise<CloseReport>;
  destroy(): void;
}

/** Lookups may take longer; then the first clients meet a pool that is not complete yet. */
const FIRST_LOOKUP_MS = 2_000;

/** The lifecycle of parts that have not been started. */
export function createLifecycle(assembly: Assembly): Lifecycle {
  const { clock, config, dataPlane, events, journal, lookup, pools, publish, reports } = assembly;
  const { log } = journal;
  let state: LifecycleState = "new";
  let addresses: readonly ListeningAddress[] = [];
  /** The last socket that began to listen. */
  let binding: Promise<SocketAddress> | undefined;
  let closing: Promise<CloseReport> | undefined;
  let cutShort = (): void => {};
  const cut = new Promise<void>((resolve) => {
    cutShort = resolve;
  });

  async function start(): Promise<void> {
    if (state !== "new") throw new LbError("LB_CLOSED", "start: only once, and not after close; make another balancer");
    state = "starting";
    logConfiguration(log, assembly);
    try {
      await dataPlane.start();
      if (closing !== undefined) return;
      await startPools();
      for (const listener of config.listeners) await open(listener);
    } catch (error) {
      const wasClosed = closing !== undefined;
      await close();
      // Whoever closes what starts wants no error.
      if (!wasClosed) throw error;
    }
    if (closing === undefined) state = "running";
  }

  async function startPools(): Promise<void> {
    const located = Promise.all([...pools.values()].map((pool) => pool.start()));
    publish();
    await inTime(clock, located, FIRST_LOOKUP_MS);
  }

  async function open({ name, listen }: ListenerConfig): Promise<void> {
    for (const address of listen) {
      if (closing !== undefined) return;
      await openListeners(address, (target, dualStack) => bind(name, target, dualStack), resolveName);
    }
  }

  function bind(listener: string, target: SocketAddress, dualStack: boolean): Promise<SocketAddress> {
    if (closing !== undefined) throw new LbError("LB_CLOSED", "start: the balancer was closed before it listened");
    binding = listenOn(listener, target, dualStack);
    return binding;
  }

  async function listenOn(listener: string, target: SocketAddress, dualStack: boolean): Promise<SocketAddress> {
    const opened = await dataPlane.listen(listener, target, dualStack);
    const address = formatAddress(opened);
    addresses = [...addresses, { listener, address, port: opened.kind === "ip" ? opened.port : null }];
    const { transport, workers } = dataPlane;
    log.info("listening", { listener, address, transport, workers }, `Listening on ${address}`);
    return opened;
  }

  async function resolveName(name: string): Promise<Answer> {
    const answer = await inTime(clock, ask(lookup, name), LOOKUP_TIMEOUT_MS);
    return answer ?? { kind: "failure", reason: "no answer in time" };
  }

  function close(options: CloseOptions = {}): Promise<CloseReport> {
    closing ??= stop(options);
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
    for (const pool of pools.values()) pool.close();
    reports.close();
    const report = { finished: live - reset, reset };
    log.info("stopped", report, `Stopped: ${report.finished} sessions finished, ${reset} reset`);
    await journal.close();
    state = "closed";
    return report;
  }

  /** Frees the addresses. @returns the sessions that live. */
  async function stopAccepting(): Promise<number> {
    // One that is about to listen can't be stopped before; whether it succeeds is `start`'s business.
    await binding?.catch(() => {});
    await dataPlane.stopAccepting();
    addresses = [];
    return dataPlane.sessionCount;
  }

  // Whoever is told, too, may close it in a better way: it is asked first.
  events.on("failed", () => queueMicrotask(() => void close()));

  return {
    get state() {
      return state;
    },
    get addresses() {
      return addresses;
    },
    start,
    close,
    destroy() {
      cutShort();
      void close();
    },
  };
}
