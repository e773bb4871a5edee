// A data plane: one transport, its listeners, its sessions, and the snapshot they run on. In the caller's own thread, or
// alone in a worker.

import { Pool, type PoolSnapshot } from "../backend/pool.ts";
import type { BackendTable } from "../backend/table.ts";
import type { Policy } from "../balance/policy.ts";
import type { Clock, Timer } from "../clock.ts";
import type { Admission } from "../session/admission.ts";
import type { ListenerSnapshot, SessionContext, SessionReports } from "../session/context.ts";
import type { Counters } from "../session/counters.ts";
import type { EndReason } from "../session/end.ts";
import { Session } from "../session/session.ts";
import { TICK_MS, Wheel } from "../session/wheel.ts";
import type { Connection, Transport, TransportListener } from "../transport/transport.ts";
import type { SocketAddress } from "../wire/address.ts";

/** What a data plane runs on: plain data, replaced whole. */
export interface Snapshot {
  /** Grows with every change; a plane that has applied it has acknowledged it. */
  readonly version: number;
  readonly listeners: readonly ListenerSnapshot[];
  readonly pools: readonly PoolSnapshot[];
}

export interface PlaneOptions {
  readonly worker: number;
  /** Distinguishes the session ids of this process from those of others. */
  readonly instance: string;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly table: BackendTable;
  readonly counters: Counters;
  readonly admission: Admission;
  readonly reports: PlaneReports;
  /** Makes the policy of a pool that the plane sees for the first time. */
  readonly createPolicy: (pool: PoolSnapshot, poolOf: () => Pool | undefined) => Policy;
}

export interface PlaneReports extends SessionReports {
  acceptFailed(listener: string, code: string): void;
}

export class Plane implements SessionContext {
  readonly worker: number;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly table: BackendTable;
  readonly counters: Counters;
  readonly admission: Admission;
  readonly reports: PlaneReports;
  readonly wheel: Wheel;
  readonly #options: PlaneOptions;
  readonly #sessions = new Set<Session>();
  readonly #pools = new Map<string, Pool>();
  readonly #listeners = new Map<string, ListenerSnapshot>();
  #open: TransportListener[] = [];
  #version = 0;
  #sessionNumber = 0;
  #ticking: Timer | undefined;
  #tickDueMs = 0;
  #whenEmpty: (() => void)[] = [];

  constructor(options: PlaneOptions) {
    this.worker = options.worker;
    this.transport = options.transport;
    this.clock = options.clock;
    this.table = options.table;
    this.counters = options.counters;
    this.admission = options.admission;
    this.reports = options.reports;
    this.wheel = new Wheel(options.clock.nowMs());
    this.#options = options;
  }

  /** The snapshot it runs on: no session begun from now on sees an older one. */
  get version(): number {
    return this.#version;
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** Sessions from now on run on it. Those that live keep their listener's options and their backend. */
  apply(snapshot: Snapshot): void {
    this.#listeners.clear();
    for (const listener of snapshot.listeners) this.#listeners.set(listener.name, listener);
    const names = new Set(snapshot.pools.map(({ name }) => name));
    for (const name of this.#pools.keys()) if (!names.has(name)) this.#pools.delete(name);
    for (const pool of snapshot.pools) this.#applyPool(pool);
    this.#version = snapshot.version;
  }

  /** Listens for `listenerName` of the snapshot. Rejects with the system's error. */
  async listen(listenerName: string, address: SocketAddress, dualStack = false): Promise<SocketAddress> {
    const { backlog, keepaliveMs } = this.#listener(listenerName);
    const opened = await this.transport.listen(
      address,
      { backlog, keepaliveMs, dualStack },
      {
        onConnection: (client) => this.#accept(listenerName, client),
        isFull: () => this.admission.isFull,
        onAcceptFailed: (code) => this.reports.acceptFailed(listenerName, code),
      },
    );
    this.#open.push(opened);
    return opened.address;
  }

  /** Frees the addresses. Sessions go on. */
  stopAccepting(): void {
    for (const listener of this.#open) listener.close();
    this.#open = [];
  }

  /**
   * Resets the sessions that `where` names. Their records follow.
   * @returns how many: those that were ending already do not count.
   */
  abort(end: EndReason, where: (session: Session) => boolean = () => true): number {
    let count = 0;
    for (const session of this.#sessions) if (where(session) && session.abort(end)) count++;
    return count;
  }

  /** Resolves when no session is left. */
  whenEmpty(): Promise<void> {
    if (this.#sessions.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenEmpty.push(resolve));
  }

  poolOf(listener: ListenerSnapshot): Pool {
    const pool = this.#pools.get(listener.pool);
    if (pool === undefined) throw new Error(`the snapshot has no pool "${listener.pool}"`);
    return pool;
  }

  nextSessionId(): string {
    this.#sessionNumber++;
    return `${this.#options.instance}-${this.worker}-${this.#sessionNumber.toString(36)}`;
  }

  sessionEnded(session: Session): void {
    this.#sessions.delete(session);
    if (this.#sessions.size > 0) return;
    this.#ticking?.cancel();
    this.#ticking = undefined;
    const waiting = this.#whenEmpty;
    this.#whenEmpty = [];
    for (const resolve of waiting) resolve();
  }

  #accept(listenerName: string, client: Connection): void {
    try {
      const session = new Session(this, this.#listener(listenerName), client);
      this.#sessions.add(session);
      if (this.#ticking === undefined) this.#tickLater();
      session.start();
    } catch (error) {
      // Nobody owns it, so it has no record.
      this.reports.failedInternally(error);
      client.reset();
    }
  }

  #listener(name: string): ListenerSnapshot {
    const listener = this.#listeners.get(name);
    if (listener === undefined) throw new Error(`the snapshot has no listener "${name}"`);
    return listener;
  }

  #applyPool(snapshot: PoolSnapshot): void {
    const known = this.#pools.get(snapshot.name);
    if (known !== undefined) {
      known.apply(snapshot);
      return;
    }
    const policy = this.#options.createPolicy(snapshot, () => this.#pools.get(snapshot.name));
    this.#pools.set(snapshot.name, new Pool(snapshot, this.table, policy));
  }

  #tickLater(): void {
    const nowMs = this.clock.nowMs();
    // When the wheel's next tick begins: what is due by then runs no later.
    const delayMs = TICK_MS - (nowMs % TICK_MS);
    this.#tickDueMs = nowMs + delayMs;
    this.#ticking = this.clock.setTimer(() => this.#tick(), delayMs);
  }

  #tick(): void {
    if (this.clock.nowMs() <= this.#tickDueMs + 2 * TICK_MS) {
      this.#advance();
      return;
    }
    // The process was stopped: bytes are waiting that prove sessions alive. Let them in before anything expires.
    const ticking = this.#ticking;
    this.transport.afterInput(() => {
      if (this.#ticking === ticking) this.#advance();
    });
  }

  #advance(): void {
    this.wheel.advance(this.clock.nowMs());
    if (this.#sessions.size > 0) this.#tickLater();
    else this.#ticking = undefined;
  }
}
