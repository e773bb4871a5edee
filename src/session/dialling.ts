// One session's search for a backend: pick, dial, and again with another one; which it has tried, when it must give up,
// and whose fault each failure was. Until the relay it holds the connection that it has found.

import { endEjection, giveTrialBack, recordFailure } from "../backend/ejection.ts";
import type { BackendRow, Pool } from "../backend/pool.ts";
import type { PoolQueue, Waiter } from "../backend/queue.ts";
import { SUSPECT_AFTER_MS } from "../backend/table.ts";
import type {
  CloseCause,
  Connection,
  Dial,
  DialFailure,
  DialFailureKind,
  DialHandler,
  SocketOptions,
} from "../transport/transport.ts";
import type { SessionContext } from "./context.ts";
import { isBehindOthers, Queueing, queueFor } from "./queueing.ts";
import type { FailedDial } from "./record.ts";
import type { DiallingHandler, Seeker } from "./seeker.ts";

const NOTHING_FAILED: readonly FailedDial[] = [];
const NO_ROWS: readonly number[] = [];
const NO_BYTES: Uint8Array = new Uint8Array(0);

export class Dialling implements DialHandler, Waiter {
  readonly pool: Pool;
  /** Later by as long as it has waited for a place. */
  startedAtMs: number;
  /** How long it has waited for a place; null where it has not. */
  queuedMs: number | null = null;
  /** When a backend was connected; NaN before. */
  connectedAtMs: number = Number.NaN;
  /** Backends dialled. */
  attempts = 0;
  failed: readonly FailedDial[] = NOTHING_FAILED;
  /** Who was picked and has not failed. */
  backend: BackendRow | undefined;
  /** The backend's, once it is connected, and until somebody else has taken it. */
  connection: Connection | undefined;
  /** Undefined once nobody needs it any more. */
  handler: DiallingHandler | undefined;
  readonly #context: SessionContext;
  readonly #seeker: Seeker;
  #tried: readonly number[] = NO_ROWS;
  /** Whether the session is still counted on `backend`. */
  #isCounted = false;
  #dial: Dial | undefined;
  #dialAtMs = 0;
  #isTrial = false;
  /** Set while it waits for a place. */
  #queueing: Queueing | undefined;
  #isSuspect = false;
  #isIntroduced = false;

  constructor(context: SessionContext, seeker: Seeker, handler: DiallingHandler, pool: Pool) {
    this.#context = context;
    this.#seeker = seeker;
    this.handler = handler;
    this.pool = pool;
    this.startedAtMs = context.clock.nowMs();
  }

  /** Begins. */
  start(): void {
    if (this.handler !== undefined) this.#dialNext(this.handler);
  }

  /** When it has to be looked at next; Infinity once it is connected. */
  get dueMs(): number {
    if (this.#queueing !== undefined) return this.#queueing.dueMs;
    if (this.connection !== undefined || this.#dial === undefined) return Number.POSITIVE_INFINITY;
    const suspectAtMs = this.#isSuspect ? Number.POSITIVE_INFINITY : this.#dialAtMs + SUSPECT_AFTER_MS;
    return Math.min(suspectAtMs, this.#timeoutAtMs());
  }

  /** Its time has come, or may have. */
  onDue(nowMs: number): void {
    if (this.#queueing !== undefined) {
      this.#queueDue(this.#queueing, nowMs);
      return;
    }
    if (this.#dial === undefined) return;
    if (nowMs >= this.#timeoutAtMs()) {
      this.#dial.cancel();
      this.#dialAnother({ kind: "timeout", code: "timeout" });
      return;
    }
    if (!this.#isSuspect && nowMs >= this.#dialAtMs + SUSPECT_AFTER_MS) this.#markSuspect();
    this.handler?.onDueChanged();
  }

  onDialFailed(failure: DialFailure): void {
    try {
      this.#dialAnother(failure);
    } catch (error) {
      this.handler?.failedInternally(error);
    }
  }

  onDialled(connection: Connection): void {
    const { handler } = this;
    if (handler === undefined) {
      // Unreachable unless a transport calls back after a cancel.
      connection.reset();
      return;
    }
    this.connection = connection;
    try {
      this.#succeeded(this.#context.clock.nowMs());
      handler.onBackend(this);
    } catch (error) {
      handler.failedInternally(error);
    }
  }

  onPrefix(prefix: Uint8Array, ended: boolean): void {
    try {
      this.handler?.onBackendPrefix(prefix, ended);
    } catch (error) {
      this.handler?.failedInternally(error);
    }
  }

  onConnectionClosed(_connection: Connection, cause: CloseCause, code: string | null): void {
    this.connection = undefined;
    const { handler } = this;
    if (handler === undefined) {
      this.release();
      return;
    }
    try {
      handler.onBackendGone(cause, code);
    } catch (error) {
      handler.failedInternally(error);
    }
  }

  /** Whether the backend still has to be told on whose behalf it is dialled. To be asked once. */
  claimIntroduction(): boolean {
    const isOwed = !this.#isIntroduced && this.pool.snapshot.sendProxy !== undefined;
    this.#isIntroduced = true;
    return isOwed;
  }

  /** Somebody else owns the connection from now on. */
  handOver(): Connection {
    const { connection } = this;
    if (connection === undefined) throw new Error("no backend is connected");
    this.connection = undefined;
    return connection;
  }

  /**
   * The session does not need it any more. Nobody is to blame, and no callback comes. What is connected is closed; the
   * count of the pick is still to be released.
   */
  cancel(): void {
    this.#leaveQueue();
    this.#dial?.cancel();
    this.#dial = undefined;
    this.#clearSuspect();
    this.#giveTrialBack();
    this.handler = undefined;
    this.connection?.reset();
  }

  /**
   * As `cancel`, for a session that goes on with another backend: this one is left with FIN, because a reset is logged as
   * an error by PostgreSQL and others, and it counts until it has gone.
   */
  giveBack(): void {
    const { connection } = this;
    this.connection = undefined;
    this.cancel();
    if (connection === undefined) this.release();
    else connection.answer(NO_BYTES);
  }

  /** The backend that it dials is to have it no more: dials another. @returns false where there is none: nothing has changed. */
  dialElsewhere(): boolean {
    const { backend, handler } = this;
    const nowMs = this.#context.clock.nowMs();
    if (this.#dial === undefined || backend === undefined || handler === undefined) return false;
    if (!this.#mayDial(nowMs) || !this.pool.mayServe([...this.#tried, backend.row], nowMs)) return false;
    this.#dial.cancel();
    this.#dial = undefined;
    this.#clearSuspect();
    this.#passOver(backend, "evicted");
    this.#context.sessions.withdrawn(this.#seeker.place);
    this.#dialNext(handler);
    return true;
  }

  /** Gives back the count of the pick. Idempotent. */
  release(): void {
    if (!this.#isCounted || this.backend === undefined) return;
    this.#isCounted = false;
    this.pool.release(this.backend.row);
  }

  #dialNext(handler: DiallingHandler): void {
    const nowMs = this.#context.clock.nowMs();
    const isFirst = this.attempts > 0 || !isBehindOthers(this.pool, nowMs);
    const backend = isFirst ? this.#pick(nowMs) : undefined;
    if (backend === undefined) {
      const queue = this.#mayDial(nowMs) ? queueFor(this.pool, this.#tried, nowMs) : undefined;
      if (queue !== undefined) this.#enterQueue(queue, handler, nowMs);
      else if (this.attempts === 0) handler.onNoBackend("no-backend", this.pool.whyNobodyServes(nowMs));
      else handler.onNoBackend("dial-failed", this.failed.at(-1)?.error ?? null);
      return;
    }
    this.#dialBackend(backend, handler);
  }

  #dialBackend(backend: BackendRow, handler: DiallingHandler): void {
    const seeker = this.#seeker;
    const { transport, reports, sessions } = this.#context;
    sessions.dialling(seeker.place, backend.row, backend.generation, this.#isTrial);
    reports.selected?.(backend, seeker.id);
    this.#dial = transport.dial(backend.address, this.#socketOptions(backend), this, seeker.client);
    handler.onDueChanged();
  }

  #socketOptions({ address }: BackendRow): SocketOptions {
    const { listener } = this.#seeker;
    const localIp = this.pool.sourceFor(address);
    if (localIp === undefined) return listener;
    const { keepaliveMs, userTimeoutMs = Number.POSITIVE_INFINITY } = listener;
    return { keepaliveMs, userTimeoutMs, localIp };
  }

  // Waiting for a place

  #enterQueue(queue: PoolQueue, handler: DiallingHandler, nowMs: number): void {
    this.#queueing = Queueing.enter(queue, this, nowMs);
    if (this.#queueing === undefined) {
      handler.onNoBackend("queue-full", `${queue.length} wait`);
      return;
    }
    handler.onDueChanged();
    this.pool.fillFromQueue(nowMs);
  }

  get tried(): readonly number[] {
    return this.#tried;
  }

  takePlace(): boolean {
    const { handler } = this;
    if (handler === undefined || this.#queueing === undefined) return true;
    try {
      const nowMs = this.#context.clock.nowMs();
      // The time for dialling begins when it dials.
      this.startedAtMs += this.#queueing.takeWaitedMs(nowMs);
      const backend = this.#pick(nowMs);
      if (backend === undefined) return false;
      this.#leaveQueue();
      this.#dialBackend(backend, handler);
    } catch (error) {
      handler.failedInternally(error);
    }
    return true;
  }

  onDissolved(): void {
    const { handler } = this;
    this.#leaveQueue();
    if (handler === undefined) return;
    try {
      this.#dialNext(handler);
    } catch (error) {
      handler.failedInternally(error);
    }
  }

  #queueDue(queueing: Queueing, nowMs: number): void {
    if (nowMs < queueing.dueMs) {
      this.handler?.onDueChanged();
      return;
    }
    this.#leaveQueue();
    this.handler?.onNoBackend("queue-timeout", this.pool.whyNobodyServes(nowMs));
  }

  #leaveQueue(): void {
    if (this.#queueing === undefined) return;
    const { clock, counters } = this.#context;
    const nowMs = clock.nowMs();
    this.startedAtMs += this.#queueing.takeWaitedMs(nowMs);
    const waitedMs = this.#queueing.leave(nowMs);
    this.#queueing = undefined;
    this.queuedMs = (this.queuedMs ?? 0) + waitedMs;
    counters.observe(this.pool.snapshot.counterSlot, "queue", waitedMs);
  }

  #mayDial(nowMs: number): boolean {
    const { attempts, dialDeadlineMs } = this.pool.snapshot;
    return this.attempts < attempts && nowMs < this.startedAtMs + dialDeadlineMs;
  }

  /** Picks the next backend and counts the session there. Undefined when there is none, or no try is left. */
  #pick(nowMs: number): BackendRow | undefined {
    if (!this.#mayDial(nowMs)) return undefined;
    const { counterSlot } = this.pool.snapshot;
    const row = this.pool.pick(this.pool.usesClientIp ? this.#seeker.clientIp : "", this.#tried, nowMs);
    if (row < 0) return undefined;
    this.backend = this.pool.backend(row);
    this.#isCounted = true;
    this.#isTrial = this.pool.pickedTrial;
    if (this.attempts > 0) this.#context.counters.countRetry(counterSlot);
    this.attempts++;
    this.#dialAtMs = nowMs;
    return this.backend;
  }

  #dialAnother(failure: DialFailure): void {
    const { handler } = this;
    if (handler === undefined) return;
    this.#failedWith(failure, this.#context.clock.nowMs());
    this.#context.sessions.withdrawn(this.#seeker.place);
    if (failure.kind === "local") handler.onNoBackend("local-resource", failure.code);
    else this.#dialNext(handler);
  }

  #succeeded(nowMs: number): void {
    const { table, counters, reports } = this.#context;
    const backend = this.#settle("ok");
    if (backend === undefined) return;
    this.connectedAtMs = nowMs;
    this.#isTrial = false;
    counters.observe(this.pool.snapshot.counterSlot, "dial", nowMs - this.startedAtMs);
    if (endEjection(table, backend.row, nowMs)) reports.returned(backend, this.pool.snapshot.name);
  }

  /** Gives the backend back and holds the failure against it, unless this machine is to blame. */
  #failedWith(failure: DialFailure, nowMs: number): void {
    const { reports } = this.#context;
    const backend = this.#settle(failure.kind);
    if (backend === undefined) return;
    if (failure.kind === "local") reports.shortOf(failure.code);
    else this.#blame(backend, failure, nowMs);
    this.#passOver(backend, failure.code);
  }

  #passOver({ identity, row }: BackendRow, error: string): void {
    this.failed = [...this.failed, { backend: identity, error }];
    this.#tried = [...this.#tried, row];
    this.#giveTrialBack();
    this.release();
    this.backend = undefined;
  }

  #timeoutAtMs(): number {
    const { dialTimeoutMs, dialDeadlineMs } = this.pool.snapshot;
    return Math.min(this.#dialAtMs + dialTimeoutMs, this.startedAtMs + dialDeadlineMs);
  }

  #settle(result: DialFailureKind | "ok"): BackendRow | undefined {
    this.#dial = undefined;
    this.#clearSuspect();
    if (this.backend !== undefined) this.#context.counters.countDial(this.backend.row, result);
    return this.backend;
  }

  #blame(backend: BackendRow, failure: DialFailure, nowMs: number): void {
    const { table, counters, reports } = this.#context;
    const { ejection, name } = this.pool.snapshot;
    if (ejection !== undefined && recordFailure(table, backend.row, ejection, this.pool.rows, nowMs)) {
      this.#isTrial = false;
      counters.countEjection(backend.row);
      reports.ejected(backend, name, failure.code);
    }
    reports.dialFailed(backend, name);
  }

  #markSuspect(): void {
    this.#isSuspect = true;
    if (this.backend !== undefined) this.#context.table.addSuspect(this.backend.row, 1);
  }

  #clearSuspect(): void {
    if (!this.#isSuspect) return;
    this.#isSuspect = false;
    if (this.backend !== undefined) this.#context.table.addSuspect(this.backend.row, -1);
  }

  #giveTrialBack(): void {
    if (!this.#isTrial || this.backend === undefined) return;
    this.#isTrial = false;
    giveTrialBack(this.#context.table, this.backend.row);
  }
}
