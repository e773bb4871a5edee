// One session's search for a backend: which it has tried, when it must give up, and whose fault each failure was.

import { endEjection, giveTrialBack, recordFailure } from "../backend/ejection.ts";
import type { BackendRow, Pool } from "../backend/pool.ts";
import { SUSPECT_AFTER_MS } from "../backend/table.ts";
import type { Connection, Dial, DialFailure, DialFailureKind } from "../transport/transport.ts";
import type { SessionContext } from "./context.ts";
import type { FailedDial } from "./record.ts";

const NOTHING_FAILED: readonly FailedDial[] = [];
const NO_ROWS: readonly number[] = [];

export class Dialling {
  readonly pool: Pool;
  readonly startedAtMs: number;
  /** When a backend was connected; NaN before. */
  connectedAtMs: number = Number.NaN;
  /** Backends dialled. */
  attempts = 0;
  failed: readonly FailedDial[] = NOTHING_FAILED;
  /** Who was picked and has not failed. */
  backend: BackendRow | undefined;
  readonly #context: SessionContext;
  #tried: readonly number[] = NO_ROWS;
  /** Whether the session is still counted on `backend`. */
  #isCounted = false;
  #dial: Dial | undefined;
  #dialAtMs = 0;
  #isTrial = false;
  #isSuspect = false;

  constructor(context: SessionContext, pool: Pool, nowMs: number) {
    this.#context = context;
    this.pool = pool;
    this.startedAtMs = nowMs;
  }

  /** Picks the next backend and counts the session there. Undefined when there is none, or no try is left. */
  pick(client: Pick<Connection, "remoteIp">, nowMs: number): BackendRow | undefined {
    const { attempts, dialDeadlineMs, counterSlot } = this.pool.snapshot;
    if (this.attempts >= attempts || nowMs >= this.startedAtMs + dialDeadlineMs) return undefined;
    const row = this.pool.pick(this.pool.usesClientIp ? client.remoteIp : "", this.#tried, nowMs);
    if (row < 0) return undefined;
    this.backend = this.pool.backend(row);
    this.#isCounted = true;
    this.#isTrial = this.pool.pickedTrial;
    if (this.attempts > 0) this.#context.counters.countRetry(counterSlot);
    this.attempts++;
    this.#dialAtMs = nowMs;
    return this.backend;
  }

  /** Whether the dial is the one that tells whether an ejected backend is well again. */
  get isTrial(): boolean {
    return this.#isTrial;
  }

  started(dial: Dial): void {
    this.#dial = dial;
  }

  /** When it has to be looked at next. */
  get dueMs(): number {
    const suspectAtMs = this.#isSuspect ? Number.POSITIVE_INFINITY : this.#dialAtMs + SUSPECT_AFTER_MS;
    return Math.min(suspectAtMs, this.#timeoutAtMs());
  }

  /**
   * Marks a dial that has been unanswered for long.
   * @returns the failure, when its time is over: it has been cancelled.
   */
  overdue(nowMs: number): DialFailure | undefined {
    if (nowMs >= this.#timeoutAtMs()) {
      this.#dial?.cancel();
      return { kind: "timeout", code: "timeout" };
    }
    if (!this.#isSuspect && nowMs >= this.#dialAtMs + SUSPECT_AFTER_MS) this.#markSuspect();
    return undefined;
  }

  succeeded(nowMs: number): void {
    const { table, counters, reports } = this.#context;
    const backend = this.#settle("ok");
    if (backend === undefined) return;
    this.connectedAtMs = nowMs;
    counters.observe(this.pool.snapshot.counterSlot, "dial", nowMs - this.startedAtMs);
    if (endEjection(table, backend.row, nowMs)) reports.returned(backend, this.pool.snapshot.name);
  }

  /** Gives the backend back and holds the failure against it, unless this machine is to blame. */
  failedWith(failure: DialFailure, nowMs: number): void {
    const { reports } = this.#context;
    const backend = this.#settle(failure.kind);
    if (backend === undefined) return;
    this.failed = [...this.failed, { backend: backend.identity, error: failure.code }];
    this.#tried = [...this.#tried, backend.row];
    if (failure.kind === "local") reports.shortOf(failure.code);
    else this.#blame(backend, failure, nowMs);
    this.#giveTrialBack();
    this.release();
    this.backend = undefined;
  }

  /** The client does not need it any more. Nobody is to blame. */
  cancel(): void {
    this.#dial?.cancel();
    this.#clearSuspect();
    this.#giveTrialBack();
  }

  /** Gives back the count of the pick. Idempotent. */
  release(): void {
    if (!this.#isCounted || this.backend === undefined) return;
    this.#isCounted = false;
    this.#context.table.release(this.backend.row);
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
