// The public face of a balancer: configuration in, something that can be started out.

import { systemClock, systemRandom } from "../clock.ts";
import type { BalancerOptions, LogLevel } from "../config/options.ts";
import { resolve, resolveLogLevel } from "../config/resolve.ts";
import { LbError } from "../errors.ts";
import type { AuditEvent, EventName, Listener } from "../observe/events.ts";
import type { ListeningAddress } from "./addresses.ts";
import { assemble, type World } from "./assembly.ts";
import { type CloseOptions, type CloseReport, createLifecycle } from "./lifecycle.ts";
import { type Actor, DEFAULT_ACTOR, type Override } from "./override.ts";
import type { PoolHandle } from "./pool-handle.ts";
import type { ReloadReport } from "./reload-report.ts";
import type { ReloadOptions, ReloadSource } from "./reloads.ts";
import {
  closeSessions,
  findSession,
  type LiveSession,
  listSessions,
  type SessionFilter,
  type SessionPage,
  type SessionQuery,
} from "./sessions.ts";
import { readStats, readSummary, type Stats, type Summary } from "./stats.ts";

/** A load balancer. With workers, what they do is known here some milliseconds later. */
export interface Balancer extends AsyncDisposable {
  /**
   * Looks names up, begins probing, and listens. A name that does not resolve is a backend that is down, no reason to
   * fail. Resolves without listening when `close` is called meanwhile.
   * @throws LbError `LB_ADDRESS_IN_USE`, `LB_PRIVILEGE`, `LB_ADDRESS_UNKNOWN`, `LB_LISTEN`, `LB_TOO_MANY_BACKENDS`, `LB_WORKER`;
   * nothing listens after it has thrown, and the balancer is closed. `LB_CLOSED` the second time, and after `close`.
   */
  start(): Promise<void>;
  /**
   * Puts other options in the place of those that are in force: all of them or, where they can't be, none. Listeners and
   * backends that stay keep their sockets, sessions, health and counts; what was done to a pool at run time lives until the
   * options say something else about it. Sessions of a listener that goes may finish for `graceMs`, those of a backend that goes as its pool's
   * `onRemove` says. One at a time, in the order of the calls.
   * @param source a function is called when its turn has come; what it throws is a failed reload.
   * @throws LbError `LB_CONFIG` with all problems, `LB_TOO_MANY_BACKENDS`, and what `start` throws about addresses; `LB_CLOSED` before `start` and
   * after `close`.
   */
  reload(source: ReloadSource, options?: ReloadOptions): Promise<ReloadReport>;
  /**
   * Stops in order: goes on accepting for `delayMs`, frees the addresses, lets sessions finish for `graceMs`, resets the
   * rest, and writes the log out. Idempotent: a second call gets the first one's promise.
   */
  close(options?: CloseOptions): Promise<CloseReport>;
  /** Stops at once: every session is reset. What `close` has promised follows. */
  destroy(): void;
  /** Where it listens; empty before `start` and after `close`. */
  addresses(): readonly ListeningAddress[];
  stats(): Stats;
  /** The same without what is said of each backend: cheap also where there are a thousand. */
  summary(): Summary;
  /** What was set at run time, of all pools. */
  overrides(): readonly Override[];
  /** @throws LbError `LB_UNKNOWN_POOL` */
  pool(name: string): PoolHandle;
  /** Who is served now, a page at a time. @throws LbError `LB_CONFIG` */
  sessions(query?: SessionQuery): SessionPage;
  /** The one that has this id; undefined where there is none. */
  session(id: string): LiveSession | undefined;
  /**
   * Resets those sessions for which all holds that is given; they end as closed-by-operator.
   * @param by who wants it, for the audit line; `api` by default.
   * @returns how many. @throws LbError `LB_CONFIG` where nothing is given
   */
  closeSessions(filter: SessionFilter, by?: Actor): Promise<number>;
  /**
   * Writes an audit line, and tells whoever listens to `audit`. What a pool's handle and `closeSessions` do is audited by
   * itself: this is for all else that a program lets people do.
   */
  audit(event: Omit<AuditEvent, "at">): void;
  /** Writes a line of the caller's own to the log, at info. */
  note(event: string, fields: Readonly<Record<string, unknown>>, message: string): void;
  /**
   * The least level that is logged; `silent` where there is no log, whatever it is set to. Changed, it is in force for
   * the next line. @throws LbError `LB_CONFIG` when it is set to what is no level.
   */
  logLevel: LogLevel;
  /**
   * `session` when one has ended, `backend` when one has changed, `reload` when the configuration was read anew, `audit`
   * when somebody has changed something at run time. Listeners run in the balancer's thread.
   */
  on<Name extends EventName>(name: Name, listener: Listener<Name>): void;
  once<Name extends EventName>(name: Name, listener: Listener<Name>): void;
  off<Name extends EventName>(name: Name, listener: Listener<Name>): void;
  /** Opens the log's file anew, after it was moved away. */
  reopenLog(): void;
}

/**
 * Makes a load balancer: in this thread, on node:net, unless it is given workers. Nothing happens before `start`.
 *
 * @throws LbError `LB_CONFIG` with every problem of the options; `LB_LOG_OUTPUT`; `LB_TRANSPORT`
 */
export function createBalancer(options: BalancerOptions): Balancer {
  return createBalancerIn({ clock: systemClock, random: systemRandom }, options);
}

/** The same in a world that a test has made. */
export function createBalancerIn(world: World, options: BalancerOptions): Balancer {
  const assembly = assemble(world, resolve(options));
  const { dataPlane, events, journal, roster } = assembly;
  const wantRecords = (): void => dataPlane.wantRecords(events.hasListeners("session"));
  const lifecycle = createLifecycle(assembly);
  return {
    start: () => lifecycle.start(),
    reload: (source, how) => lifecycle.reload(source, how),
    close: (how) => lifecycle.close(how),
    destroy: () => lifecycle.destroy(),
    addresses: () => lifecycle.addresses,
    stats: () => readStats(assembly, lifecycle),
    summary: () => readSummary(assembly, lifecycle),
    pool(name) {
      const pool = roster.pools.get(name);
      if (pool !== undefined) return pool;
      const known = [...roster.pools.keys()].join(", ");
      throw new LbError("LB_UNKNOWN_POOL", `there is no pool "${name}"; there are: ${known}`);
    },
    overrides: () => [...roster.pools.values()].flatMap((pool) => pool.overrides()),
    sessions: (query = {}) => listSessions(assembly, query),
    session: (id) => findSession(assembly, id),
    closeSessions: (filter, by = DEFAULT_ACTOR) => closeSessions(assembly, filter, by),
    on(name, listener) {
      events.on(name, listener);
      wantRecords();
    },
    once(name, listener) {
      events.once(name, listener);
      wantRecords();
    },
    off(name, listener) {
      events.off(name, listener);
      wantRecords();
    },
    audit: (event) => assembly.audit(event),
    note: (event, fields, message) => journal.log.info(event, fields, message),
    get logLevel() {
      return journal.level;
    },
    set logLevel(wanted) {
      const level = resolveLogLevel(wanted, "logLevel");
      journal.level = level;
      dataPlane.setLogLevel(level);
    },
    reopenLog: () => journal.reopen(),
    [Symbol.asyncDispose]: async () => void (await lifecycle.close()),
  };
}
