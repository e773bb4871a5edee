// The way of a client from accept to a pool, where the listener asks more than nothing of it: (PROXY header) ▶ admit ▶
// (wait for data) ▶ (peek, with an early dial) ▶ route.

import type { Pool } from "../backend/pool.ts";
import type { Rejection } from "../route/rule.ts";
import type { Connection } from "../transport/transport.ts";
import type { Http1Head } from "../wire/http1-head.ts";
import type { AcceptProxySnapshot, ListenerSnapshot, PeekSnapshot, SessionContext } from "./context.ts";
import { Dialling } from "./dialling.ts";
import type { EndReason } from "./end.ts";
import { introductionOf } from "./greeting.ts";
import { type Introduction, introduce, introduceLate } from "./introduction.ts";
import { type Look, OTHER, Peeking, SERVER_FIRST_AFTER_MS, SILENT } from "./peeking.ts";
import { flawOf, type Reception } from "./reception.ts";
import { requestOf } from "./request.ts";
import type { DiallingHandler, Seeker } from "./seeker.ts";
import { Visitor } from "./visitor.ts";

/** The session, which goes on when the approach is over. */
export interface ApproachHost extends Seeker {
  readonly client: Connection;
  /** It is known who the client is. @returns whether it may come in; where not, the session is ending. */
  admit(): boolean;
  /** To be called when the approach is to be looked at: `dueMs` has changed. */
  onDueChanged(): void;
  /** The approach is over. @param early a search that has begun in that pool. */
  serve(pool: Pool, early: Dialling | undefined): void;
  turnAway(how: Rejection, end: EndReason, error: string | null): void;
  /** The client has left in order, and has said nothing. */
  dismiss(): void;
  failedInternally(error: unknown): void;
}

/**
 * `introducing`: a trusted proxy is to say who the client is. `waiting` for the client's first byte, where the listener
 * dials on data. `peeking` at what it speaks.
 */
type ApproachState = "introducing" | "waiting" | "peeking" | "over";

export class Approach implements DiallingHandler {
  readonly visitor: Visitor;
  /** When it has to be looked at next. */
  dueMs: number = Number.POSITIVE_INFINITY;
  readonly #context: SessionContext;
  readonly #host: ApproachHost;
  readonly #reception: Reception;
  readonly #listener: ListenerSnapshot;
  readonly #client: Connection;
  #state: ApproachState = "over";
  #peeking: Peeking | undefined;
  /** Of a client that is silent: in the pool that it will go to if it stays so. */
  #early: Dialling | undefined;
  #hasDialledEarly = false;

  constructor(context: SessionContext, host: ApproachHost, reception: Reception) {
    this.#context = context;
    this.#host = host;
    this.#reception = reception;
    this.#listener = reception.listener;
    this.#client = host.client;
    this.visitor = new Visitor(host.client);
  }

  start(): void {
    const { acceptProxy } = this.#listener;
    if (acceptProxy !== undefined && this.#reception.isProxy(this.#client.remoteIp)) this.#awaitHeader(acceptProxy);
    else this.#known();
  }

  onPrefix(prefix: Uint8Array, ended: boolean): void {
    const { acceptProxy, peek } = this.#listener;
    if (this.#state === "introducing" && acceptProxy !== undefined) {
      this.#introduced(introduce(prefix, ended, acceptProxy));
    } else if (this.#state === "waiting") {
      if (prefix.length === 0) this.#host.dismiss();
      else if (peek === undefined) this.#route();
      else this.#look(this.#startPeeking(peek), prefix, ended);
    } else if (this.#state === "peeking" && this.#peeking !== undefined) this.#look(this.#peeking, prefix, ended);
  }

  onDue(nowMs: number): void {
    const { acceptProxy } = this.#listener;
    if (this.#state === "waiting") this.#host.turnAway("reset", "idle-timeout", null);
    else if (this.#state === "introducing" && acceptProxy !== undefined) this.#introduced(introduceLate(acceptProxy));
    else if (this.#peeking === undefined) return;
    else if (nowMs >= this.#peeking.dueMs) this.#see(this.#peeking.lookLate());
    else if (this.#early !== undefined) this.#early.onDue(nowMs);
    else this.#dialEarly(this.#peeking);
  }

  /** The session ends. */
  cancel(): void {
    this.#state = "over";
    this.#early?.giveBack();
    this.#early = undefined;
  }

  // The PROXY header

  #awaitHeader({ timeoutMs }: AcceptProxySnapshot): void {
    this.#state = "introducing";
    this.#client.peek(0);
    this.#dueAt(this.#context.clock.nowMs() + timeoutMs);
  }

  #introduced(introduction: Introduction): void {
    switch (introduction.kind) {
      case "more":
        this.#client.peek(introduction.beyondBytes);
        break;
      case "none":
        this.#known();
        break;
      case "header":
        this.#client.take(introduction.byteCount);
        this.visitor.proxy = introduction.header;
        if (this.visitor.source !== undefined) {
          this.#context.sessions.rename(this.#host.place, this.visitor.address);
        }
        this.#known();
        break;
      case "gone":
        this.#host.dismiss();
        break;
      case "bad":
        this.#host.turnAway("reset", "bad-proxy-header", introduction.why);
        break;
    }
  }

  // Who it is

  #known(): void {
    if (!this.#host.admit()) return;
    const rejecting = this.#reception.rejectUnseen(this.visitor);
    if (rejecting !== undefined) {
      this.#host.turnAway(rejecting.how, rejecting.end, rejecting.error);
      return;
    }
    const { dial, peek, idleTimeoutMs } = this.#listener;
    if (dial === "on-data") {
      this.#state = "waiting";
      this.#client.peek(0);
      this.#dueAt(this.#context.clock.nowMs() + idleTimeoutMs);
    } else if (peek === undefined) this.#route();
    else {
      this.#startPeeking(peek);
      this.#client.peek(0);
    }
  }

  // What it speaks

  #startPeeking(rule: PeekSnapshot): Peeking {
    this.#state = "peeking";
    const peeking = new Peeking(rule, this.#context.clock.nowMs());
    this.#peeking = peeking;
    this.#peekingDue(peeking);
    return peeking;
  }

  #peekingDue(peeking: Peeking): void {
    const { startedAtMs, isSilent, dueMs } = peeking;
    const isToDial = isSilent && !this.#hasDialledEarly && this.#listener.dial === "immediate";
    const earlyAtMs = isToDial ? startedAtMs + SERVER_FIRST_AFTER_MS : Number.POSITIVE_INFINITY;
    this.#dueAt(Math.min(dueMs, this.#early?.dueMs ?? earlyAtMs));
  }

  #look(peeking: Peeking, prefix: Uint8Array, ended: boolean): void {
    const look = peeking.look(prefix, ended);
    if (look.kind === "more") {
      this.#client.peek(look.beyondBytes);
      return;
    }
    // The bytes are there during the call only.
    if (look.kind === "sight" && look.http !== undefined) this.#seeRequest(look.http, prefix, look.headBytes);
    this.#see(look);
  }

  #seeRequest(head: Http1Head, prefix: Uint8Array, headBytes: number): void {
    const { visitor } = this;
    visitor.flaw = flawOf(head);
    if (visitor.flaw !== undefined) this.#context.counters.countIrregular(this.#listener.lane);
    if (this.#listener.httpKeepAlive === "close") {
      const bytes = prefix.length === headBytes ? prefix : prefix.subarray(0, headBytes);
      visitor.request = requestOf(bytes, head, this.#reception.forwardingOf(visitor, this.#client));
    }
  }

  #see(look: Exclude<Look, { kind: "more" }>): void {
    const { visitor } = this;
    visitor.peekMs = this.#context.clock.nowMs() - (this.#peeking?.startedAtMs ?? 0);
    visitor.sight = look.kind === "sight" ? look : look.sight;
    if (look.kind === "refusal") this.#host.turnAway(look.status, look.end, look.error);
    else this.#route();
  }

  // Servers that speak first

  /** The client may be waiting for that: dials where it will go to if it stays silent. */
  #dialEarly(peeking: Peeking): void {
    this.#hasDialledEarly = true;
    if (peeking.isSilent) {
      const pool = this.#reception.poolOfSilent(this.visitor);
      if (pool !== undefined) {
        this.#early = new Dialling(this.#context, this.#host, this, this.#context.poolOf(pool));
        this.#early.start();
      }
    }
    this.#peekingDue(peeking);
  }

  onBackend(dialling: Dialling): void {
    const introduction = introductionOf(this.#host, dialling, this.visitor);
    if (introduction !== undefined) dialling.connection?.write(introduction);
    dialling.connection?.peek(0);
    this.onDueChanged();
  }

  onBackendPrefix(prefix: Uint8Array): void {
    // It speaks first. Or it has finished: whoever has nothing to say and leaves is not waited for.
    if (prefix.length > 0) this.#see(this.#peeking?.isSilent === false ? OTHER : SILENT);
    else this.onNoBackend();
  }

  onBackendGone(): void {
    this.onNoBackend();
  }

  /** The client has not asked for it: it will be tried again when it has. */
  onNoBackend(): void {
    this.#early?.giveBack();
    this.#early = undefined;
    this.#context.sessions.withdrawn(this.#host.place);
    this.onDueChanged();
  }

  onDueChanged(): void {
    if (this.#state === "peeking" && this.#peeking !== undefined) this.#peekingDue(this.#peeking);
  }

  failedInternally(error: unknown): void {
    this.#host.failedInternally(error);
  }

  // Where it goes

  #route(): void {
    const early = this.#early;
    // What was decided for the silent stays decided, be it by chance.
    const choice =
      early !== undefined && this.visitor.sight === SILENT && this.#reception.isSteady
        ? { kind: "pool" as const, pool: early.pool.snapshot.name }
        : this.#reception.choose(this.visitor);
    if (choice.kind === "rejection") {
      this.#host.turnAway(choice.how, choice.end, choice.error);
      return;
    }
    // A function may name a pool that there is not: then what was dialled early is still to be given back.
    const pool = this.#context.poolOf(choice.pool);
    this.#state = "over";
    this.#early = undefined;
    if (early !== undefined && (early.pool !== pool || pool.hasLost(early.backend, this.#context.clock.nowMs()))) {
      early.giveBack();
      this.#host.serve(pool, undefined);
    } else this.#host.serve(pool, early);
  }

  #dueAt(dueMs: number): void {
    this.dueMs = dueMs;
    this.#host.onDueChanged();
  }
}
