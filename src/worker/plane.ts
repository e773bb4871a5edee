// A data plane: one transport, its listeners, its sessions, and the snapshot they run on. In the caller's own thread, or
// alone in a worker.

import { Pool, type PoolSnapshot, type Queueing } from "../backend/pool.ts";
import type { BackendTable } from "../backend/table.ts";
import type { Policy } from "../balance/policy.ts";
import type { Clock, Random, Timer } from "../clock.ts";
import type { Admission } from "../session/admission.ts";
import type { ListenerSnapshot, SessionContext, SessionReports } from "../session/context.ts";
import type { Counters } from "../session/counters.ts";
import type { EndReason } from "../session/end.ts";
import { Entrance } from "../session/entrance.ts";
import { Reception } from "../session/reception.ts";
import { Session } from "../session/session.ts";
import type { SessionTable } from "../session/session-table.ts";
import { TICK_MS, Wheel } from "../session/wheel.ts";
import type { Connection, ListenerHandler, Transport, TransportListener } from "../transport/transport.ts";
import type { SocketAddress } from "../wire/address.ts";
import { sessionId } from "./session-id.ts";

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
  readonly random: Random;
  readonly table: BackendTable;
  readonly counters: Counters;
  readonly admission: Admission;
  readonly sessions: SessionTable;
  readonly reports: PlaneReports;
  /** Told at each tick of the wheel by how much it was late. Milliseconds. */
  readonly onTick?: (lateMs: number) => void;
  /** Has a worker, this one included, call `serveQueues`; not within the call. Left out where there is no other worker. */
  readonly ring?: (worker: number) => void;
  /** Makes the policy of a pool that the plane sees for the first time, or with another policy than before. */
  readonly createPolicy: (pool: PoolSnapshot, poolOf: () => Pool | undefined) => Policy;
}

/** How a plane listens. */
export interface ListenHow {
  /** Whether `::` takes IPv4 clients as well. */
  readonly dualStack?: boolean;
  /** Whether other planes listen there, too. */
  readonly reusePort?: boolean;
  /** A socket that listens already, which the plane closes. */
  readonly descriptor?: number;
}

/** An address that a plane listens on, and for which listener: that may change while it is open. */
interface Door {
  listenerName: string;
  /** Undefined until it listens. */
  open: TransportListener | undefined;
}

export interface PlaneReports extends SessionReports {
  acceptFailed(listener: string, code: string): void;
}

/** So many ticks of the wheel go by until each session has been surveyed: a second … */
const SURVEY_TICKS = 10;
/** … but of very many sessions no more than these at one tick, which takes about a millisecond. */
const MOST_SURVEYED = 5_000;

export class Plane implements SessionContext {
  readonly worker: number;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly table: BackendTable;
  readonly counters: Counters;
  readonly admission: Admission;
  readonly sessions: SessionTable;
  readonly reports: PlaneReports;
  readonly wheel: Wheel;
  readonly #options: PlaneOptions;
  readonly #live = new Set<Session>();
  readonly #pools = new Map<string, Pool>();
  readonly #queueing: Queueing;
  readonly #receptions = new Map<string, Reception>();
  readonly #doors = new Map<number, Door>();
  /** A pool that was in a snapshot before, the last of them. */
  #gone: PoolSnapshot | undefined;
  #version = 0;
  #ticking: Timer | undefined;
  #tickDueMs = 0;
  #whenEmpty: (() => void)[] = [];
  /** Goes around all sessions, again and again. */
  #surveying: Iterator<Session> = this.#live.values();

  constructor(options: PlaneOptions) {
    this.worker = options.worker;
    this.transport = options.transport;
    this.clock = options.clock;
    this.random = options.random;
    this.table = options.table;
    this.counters = options.counters;
    this.admission = options.admission;
    this.sessions = options.sessions;
    this.reports = options.reports;
    this.wheel = new Wheel(options.clock.nowMs());
    this.#options = options;
    const ring = options.ring ?? (() => this.transport.afterInput(() => this.serveQueues()));
    this.#queueing = { worker: options.worker, ring };
  }

  /** The snapshot it runs on: no session begun from now on sees an older one. */
  get version(): number {
    return this.#version;
  }

  get sessionCount(): number {
    return this.#live.size;
  }

  /** Sessions from now on run on it. Those that live keep their listener's options and their backend. */
  apply(snapshot: Snapshot): void {
    const before = new Map(this.#receptions);
    this.#receptions.clear();
    for (const listener of snapshot.listeners) {
      this.#receptions.set(listener.name, this.#receptionOf(listener, before.get(listener.name)));
    }
    const names = new Set(snapshot.pools.map(({ name }) => name));
    for (const [name, pool] of this.#pools) {
      if (names.has(name)) continue;
      this.#pools.delete(name);
      pool.close();
      this.#gone = pool.snapshot;
    }
    for (const pool of snapshot.pools) this.#applyPool(pool);
    this.#version = snapshot.version;
    // Backends may have come that somebody waits for.
    this.lookAfterQueues();
  }

  /**
   * Listens for `listenerName` of the snapshot. Rejects with the system's error.
   * @param door how `assign` and `stopAccepting` call it.
   */
  async listen(
    door: number,
    listenerName: string,
    address: SocketAddress,
    how: ListenHow = {},
  ): Promise<SocketAddress> {
    const { backlog, keepaliveMs, userTimeoutMs } = this.#listener(listenerName);
    const options = { backlog, keepaliveMs, userTimeoutMs, ...how };
    const opening: Door = { listenerName, open: undefined };
    this.#doors.set(door, opening);
    try {
      const open = await this.transport.listen(address, options, this.#handler(opening));
      opening.open = open;
      // Somebody has changed his mind meanwhile.
      if (this.#doors.get(door) !== opening) open.close();
      return open.address;
    } catch (error) {
      this.#doors.delete(door);
      throw error;
    }
  }

  /** As `listen`, where the transport can accept from a socket that exists: without a promise. */
  accept(
    door: number,
    listenerName: string,
    open: (listener: ListenerSnapshot, handler: ListenerHandler) => TransportListener,
  ): void {
    const opening: Door = { listenerName, open: undefined };
    opening.open = open(this.#listener(listenerName), this.#handler(opening));
    this.#doors.set(door, opening);
  }

  /** Whether it is open already. */
  hasDoor(door: number): boolean {
    return this.#doors.has(door);
  }

  /** Whoever comes in there from now on is a client of another listener of the snapshot. */
  assign(door: number, listenerName: string): void {
    const assigned = this.#doors.get(door);
    if (assigned !== undefined) assigned.listenerName = listenerName;
  }

  /** Frees addresses, by default all. Sessions go on. */
  stopAccepting(doors: Iterable<number> = [...this.#doors.keys()]): void {
    for (const door of doors) {
      this.#doors.get(door)?.open?.close();
      this.#doors.delete(door);
    }
  }

  /**
   * Resets the sessions that `where` names. Their records follow.
   * @returns how many: those that were ending already do not count.
   */
  abort(end: EndReason, where: (session: Session) => boolean = () => true): number {
    let count = 0;
    for (const session of this.#live) if (where(session) && session.abort(end)) count++;
    return count;
  }

  /** As `abort`, for those whose backend is to have them no more: see `Session.evict`. */
  evict(end: EndReason, where: (session: Session) => boolean): number {
    let count = 0;
    for (const session of this.#live) {
      if (!where(session)) continue;
      try {
        if (session.evict(end)) count++;
      } catch (error) {
        session.failedInternally(error);
      }
    }
    return count;
  }

  /** Calls back when no session is left: at once, where there is none. Not a promise, which some loops never look at. */
  whenEmpty(callback: () => void): void {
    if (this.#live.size === 0) callback();
    else this.#whenEmpty.push(callback);
  }

  /** Lets those sessions try that wait for a place and have been woken. */
  serveQueues(): void {
    const nowMs = this.clock.nowMs();
    for (const pool of this.#pools.values()) pool.serveQueue(nowMs);
  }

  /** As `serveQueues`, and wakes those as well whom nobody has woken. */
  lookAfterQueues(): void {
    const nowMs = this.clock.nowMs();
    for (const pool of this.#pools.values()) pool.lookAfterQueue(nowMs);
  }

  poolOf(name: string): Pool {
    const pool = this.#pools.get(name);
    if (pool !== undefined) return pool;
    if (this.#gone === undefined) throw new Error(`there is no pool "${name}", which a route function has named`);
    // A session that has been deciding for so long that it has outlived its pool, which has no backend any more.
    const empty = { ...this.#gone, name, policy: "random", rows: [], queue: undefined } as const;
    return new Pool(
      empty,
      this.table,
      this.#options.createPolicy(empty, () => undefined),
    );
  }

  sessionIdOf(number: number): string {
    return sessionId(this.#options.instance, this.worker, number);
  }

  sessionEnded(session: Session): void {
    this.#live.delete(session);
    if (this.#live.size > 0) return;
    this.#ticking?.cancel();
    this.#ticking = undefined;
    const waiting = this.#whenEmpty;
    this.#whenEmpty = [];
    for (const callback of waiting) callback();
  }

  #handler(door: Door): ListenerHandler {
    return {
      onConnection: (client) => this.#admit(door.listenerName, client),
      isFull: () => this.#isFull(door.listenerName),
      onAcceptFailed: (code) => this.reports.acceptFailed(door.listenerName, code),
    };
  }

  #admit(listenerName: string, client: Connection): void {
    try {
      const session = new Session(this, this.#reception(listenerName), client);
      this.#live.add(session);
      if (this.#ticking === undefined) this.#tickLater();
      session.start();
    } catch (error) {
      // Nobody owns it, so it has no record.
      this.reports.failedInternally(error);
      client.reset();
    }
  }

  #isFull(listenerName: string): boolean {
    const listener = this.#receptions.get(listenerName)?.listener;
    if (listener === undefined) return this.admission.isFull;
    return this.admission.isFullFor(listener.slot, listener.maxConnections);
  }

  #listener(name: string): ListenerSnapshot {
    return this.#reception(name).listener;
  }

  #reception(name: string): Reception {
    const reception = this.#receptions.get(name);
    if (reception === undefined) throw new Error(`the snapshot has no listener "${name}"`);
    return reception;
  }

  /** Compiled anew only where something has changed: a list of routes may be long, and other things change often. */
  #receptionOf(listener: ListenerSnapshot, before: Reception | undefined): Reception {
    if (before !== undefined && before.listener.revision === listener.revision) return before;
    return new Reception(listener, this.random, new Entrance(listener, this.worker, before?.entrance));
  }

  #applyPool(snapshot: PoolSnapshot): void {
    const known = this.#pools.get(snapshot.name);
    const createPolicy = () => this.#options.createPolicy(snapshot, () => this.#pools.get(snapshot.name));
    if (known === undefined)
      this.#pools.set(snapshot.name, new Pool(snapshot, this.table, createPolicy(), this.#queueing));
    else known.apply(snapshot, known.snapshot.policy === snapshot.policy ? undefined : createPolicy());
  }

  #tickLater(): void {
    const nowMs = this.clock.nowMs();
    // When the wheel's next tick begins: what is due by then runs no later.
    const delayMs = TICK_MS - (nowMs % TICK_MS);
    this.#tickDueMs = nowMs + delayMs;
    this.#ticking = this.clock.setTimer(() => this.#tick(), delayMs);
  }

  #tick(): void {
    const lateMs = this.clock.nowMs() - this.#tickDueMs;
    this.#options.onTick?.(lateMs);
    if (lateMs <= 2 * TICK_MS) {
      this.#advance();
      return;
    }
    // The process was stopped: bytes are waiting that prove sessions alive. Let them in before anything expires.
    const ticking = this.#ticking;
    this.transport.afterInput(() => {
      if (this.#ticking === ticking) this.#advance();
    });
  }

  /** A part of the sessions at each tick, so that all of them together take nobody's time. */
  #survey(nowMs: number): void {
    let left = Math.min(Math.ceil(this.#live.size / SURVEY_TICKS), MOST_SURVEYED);
    for (; left > 0; left--) {
      const { done, value } = this.#surveying.next();
      if (done === true) {
        this.#surveying = this.#live.values();
        return;
      }
      value.survey(nowMs);
    }
  }

  #advance(): void {
    const nowMs = this.clock.nowMs();
    this.wheel.advance(nowMs);
    this.#survey(nowMs);
    this.lookAfterQueues();
    if (this.#live.size > 0) this.#tickLater();
    else this.#ticking = undefined;
  }
}
