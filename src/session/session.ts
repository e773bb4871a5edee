// One client connection from accept to end: the data path in reading order. A state machine driven by the transport and
// the wheel, without promises, so that it runs in an event loop that never returns to Node.

import type { Pool } from "../backend/pool.ts";
import { messageOf } from "../errors.ts";
import type { Rejection } from "../route/rule.ts";
import type { CloseCause, Connection, ConnectionHandler, Relay, RelayHandler } from "../transport/transport.ts";
import { farewellOf, lastWords, unservedFarewell } from "./answering.ts";
import { Approach, type ApproachHost } from "./approach.ts";
import type { ListenerSnapshot, SessionContext } from "./context.ts";
import { Dialling } from "./dialling.ts";
import type { EndReason } from "./end.ts";
import { type Greeting, greetingOf, passAnswer } from "./greeting.ts";
import { lifetimeMs } from "./lifetime.ts";
import { countOutcome, countSoFar, type Outcome, recordOf } from "./outcome.ts";
import type { Reception } from "./reception.ts";
import type { RequestGate } from "./request.ts";
import type { DiallingHandler } from "./seeker.ts";
import { relayEnd, silenceEnd, silentUntilMs } from "./silence.ts";
import type { Visitor } from "./visitor.ts";
import type { WheelEntry } from "./wheel.ts";

/**
 * `approaching`: its pool is not known yet; `dialling`; `upgrading`: the backend is to say whether it changes the protocol;
 * `relaying`; `closing`: the end is decided and the connections are on their way out; `ended`: nothing is owned any more.
 */
type SessionState = "accepted" | "approaching" | "dialling" | "upgrading" | "relaying" | "closing" | "ended";

const NO_BYTES: Uint8Array = new Uint8Array(0);

export class Session implements WheelEntry, ConnectionHandler, RelayHandler, DiallingHandler, ApproachHost {
  wheelNext: WheelEntry | undefined;
  wheelPrevious: WheelEntry | undefined;
  wheelSlot = -1;
  wheelDueMs = 0;
  /** Among the sessions of its worker. */
  readonly number: number;
  readonly client: Connection;
  readonly listener: ListenerSnapshot;
  /** In the session table. */
  place = -1;
  readonly #context: SessionContext;
  readonly #reception: Reception;
  readonly #acceptedAtMs: number;
  /** When it ends whatever happens. */
  readonly #latestMs: number;
  /** When somebody wants to hear of it next, although it goes on. */
  #progressDueMs: number;
  #state: SessionState = "accepted";
  #isAdmitted = false;
  /** Undefined where the listener asks nothing of its clients, and once the pool is known. */
  #approach: Approach | undefined;
  /** What is known of the client beyond its socket, where the listener has asked. */
  #visitor: Visitor | undefined;
  /** Where its client is counted; negative where it is not. */
  #clientPlace = -1;
  #dialling: Dialling | undefined;
  /** What the backend was told before the relay, where there was something. */
  #greeting: Greeting | undefined;
  #relay: Relay | undefined;
  #end: EndReason = "internal";
  #error: string | null = null;

  /** Takes the client over. `start` follows. */
  constructor(context: SessionContext, reception: Reception, client: Connection) {
    this.#context = context;
    this.client = client;
    this.#acceptedAtMs = context.clock.nowMs();
    this.#reception = reception;
    this.listener = reception.listener;
    this.#latestMs = this.#acceptedAtMs + lifetimeMs(this.listener, context.random);
    this.#progressDueMs = this.#acceptedAtMs + context.reports.progressIntervalMs;
    this.number = context.sessions.nextNumber();
    client.own(this);
  }

  get id(): string {
    return this.#context.sessionIdOf(this.number);
  }

  /** The IP of whom the session counts for. */
  get clientIp(): string {
    return this.#visitor?.ip ?? this.client.remoteIp;
  }

  /** The row it is counted on, or -1. */
  get backendRow(): number {
    return this.#dialling?.backend?.row ?? -1;
  }

  /** accept ▶ (PROXY header) ▶ admit ▶ (peek ▶ route) ▶ pick ▶ dial ▶ greet ▶ relay. */
  start(): void {
    const { admission, sessions } = this.#context;
    try {
      this.#isAdmitted = admission.enter(this.listener.slot, this.listener.maxConnections);
      if (!this.#isAdmitted) {
        this.#close("over-limit", admission.isFull ? null : "max-connections of the listener");
        return;
      }
      this.place = sessions.enter(this.number, this.listener.slot, this.#acceptedAtMs, this.client.remoteAddress);
      const { plainPool } = this.#reception;
      if (plainPool === undefined) this.#startApproach();
      else if (this.admit()) this.serve(this.#context.poolOf(plainPool), undefined);
    } catch (error) {
      this.failedInternally(error);
    }
  }

  // Until its pool is known

  #startApproach(): void {
    const approach = new Approach(this.#context, this, this.#reception);
    this.#state = "approaching";
    this.#approach = approach;
    this.#visitor = approach.visitor;
    approach.start();
  }

  onPrefix(prefix: Uint8Array, ended: boolean): void {
    try {
      this.#approach?.onPrefix(prefix, ended);
    } catch (error) {
      this.failedInternally(error);
    }
  }

  admit(): boolean {
    const { entrance } = this.#reception;
    if (entrance.isOpen) return true;
    const { clock, reports, sessions } = this.#context;
    const answer = entrance.admit(this.clientIp, clock.nowMs());
    if (answer !== "denied" && entrance.wasCoarse) reports.tableFull(this.listener.name);
    if (typeof answer === "string") {
      this.#close(answer, answer === "over-limit" ? "max-connections of the client" : null);
      return false;
    }
    this.#clientPlace = answer;
    sessions.counted(this.place, entrance.tableId, answer);
    return true;
  }

  #leaveEntrance(): void {
    if (this.#clientPlace < 0) return;
    this.#reception.entrance.leave(this.#clientPlace);
    this.#clientPlace = -1;
    this.#context.sessions.counted(this.place, -1, -1);
  }

  dismiss(): void {
    this.#leave("client-gone", null);
    this.client.finish();
  }

  // Dialling

  serve(pool: Pool, early: Dialling | undefined): void {
    this.#approach = undefined;
    this.#state = "dialling";
    const dialling = early ?? new Dialling(this.#context, this, this, pool);
    this.#dialling = dialling;
    if (early === undefined) {
      dialling.start();
      return;
    }
    early.handler = this;
    if (early.connection === undefined) this.onDueChanged();
    else this.onBackend(early);
  }

  onNoBackend(end: EndReason, error: string | null): void {
    this.turnAway(unservedFarewell(this.#visitor?.protocol), end, error);
  }

  // Greeting

  onBackend(dialling: Dialling): void {
    this.#context.sessions.relaying(this.place);
    const greeting = greetingOf(this, dialling, this.#visitor);
    this.#greeting = greeting;
    if (greeting !== undefined) {
      if (greeting.takenBytes > 0) this.client.take(greeting.takenBytes);
      dialling.connection?.write(greeting.bytes);
      greeting.bytes = NO_BYTES;
    }
    if (greeting?.tunnel === undefined) this.#startRelay(dialling, greeting?.gate);
    else {
      this.#state = "upgrading";
      this.onDueChanged();
      dialling.connection?.peek(0);
    }
  }

  onBackendPrefix(prefix: Uint8Array, ended: boolean): void {
    const [dialling, greeting] = [this.#dialling, this.#greeting];
    if (this.#state !== "upgrading" || dialling === undefined || greeting?.tunnel === undefined) return;
    const { gate, tunnel } = greeting;
    const answer = passAnswer(prefix, ended, tunnel, { client: this.client, backend: dialling.connection, greeting });
    if (answer !== "more") this.#startRelay(dialling, answer === "tunnel" ? undefined : gate);
  }

  onBackendGone(cause: CloseCause, code: string | null): void {
    this.#close(cause === "reset" ? "backend-reset" : "backend-lost", code);
  }

  // Relaying

  #startRelay(dialling: Dialling, gate: RequestGate | undefined): void {
    const backend = dialling.handOver();
    // Not at once: it is found in the middle of the relay's work.
    gate?.watch(() => this.#arm(this.#context.clock.nowMs()));
    try {
      this.#relay = this.#context.transport.relay(this.client, backend, this, gate);
    } catch (error) {
      backend.reset();
      throw error;
    }
    this.#state = "relaying";
    this.#visitor?.settle();
    this.#armRelay(this.#relay);
  }

  onHalfClosed(relay: Relay): void {
    if (this.#state === "relaying") this.#armRelay(relay);
  }

  #armRelay(relay: Relay): void {
    this.#arm(silentUntilMs(this.listener, relay));
  }

  // Time

  onDueChanged(): void {
    if (this.#approach !== undefined) this.#arm(this.#approach.dueMs);
    else if (this.#state === "dialling" && this.#dialling !== undefined) this.#arm(this.#dialling.dueMs);
    else if (this.#state === "upgrading") this.#arm(this.#context.clock.nowMs() + this.listener.idleTimeoutMs);
  }

  #arm(dueMs: number): void {
    this.#context.wheel.arm(this, Math.min(dueMs, this.#latestMs));
  }

  onDue(nowMs: number): void {
    try {
      if (nowMs >= this.#latestMs) this.#close("max-lifetime", null);
      else if (this.#relay !== undefined) this.#relayDue(this.#relay, nowMs);
      else if (this.#approach !== undefined) this.#approach.onDue(nowMs);
      else if (this.#state === "dialling") this.#dialling?.onDue(nowMs);
      else this.#close("idle-timeout", null);
    } catch (error) {
      this.failedInternally(error);
    }
  }

  #relayDue(relay: Relay, nowMs: number): void {
    const { end, error } = silenceEnd(this.listener, relay);
    if (this.#greeting?.gate?.isMalformed === true) this.#close("bad-request", "the body is malformed");
    // Bytes have come since it was armed: what moves never touches the wheel.
    else if (nowMs < silentUntilMs(this.listener, relay)) this.#armRelay(relay);
    else this.#close(end, error);
  }

  /** About once a second while it lives: brings up to date what others see of it. */
  survey(nowMs: number): void {
    const [relay, dialling] = [this.#relay, this.#dialling];
    if (relay !== undefined && dialling !== undefined) {
      countSoFar({ listener: this.listener, dialling, greeting: this.#greeting, relay }, this.#context, this.place);
    }
    if (nowMs < this.#progressDueMs || !this.#isAdmitted) return;
    const { reports } = this.#context;
    this.#progressDueMs = nowMs + reports.progressIntervalMs;
    if (this.#state !== "closing") reports.progressed(recordOf(this.#outcome(null), this.#context));
  }

  // Ending

  /**
   * Ends it from outside: both sides are reset, and a client that has had its answer is waited for no longer.
   * @returns whether it was not ending already.
   */
  abort(end: EndReason): boolean {
    const wasLive = this.#close(end, null);
    if (!wasLive && this.#state === "closing" && this.#relay === undefined) this.client.reset();
    return wasLive;
  }

  /** As `abort`, because its backend is to have it no more: while it is dialled, another may have it. @returns whether it ended. */
  evict(end: EndReason): boolean {
    return this.#state === "dialling" && this.#dialling?.dialElsewhere() === true ? false : this.abort(end);
  }

  /** The client is told in its own protocol, as far as that is known. */
  turnAway(how: Rejection, end: EndReason, error: string | null): void {
    const visitor = this.#visitor;
    const farewell = farewellOf(how, visitor?.protocol);
    if (farewell === "reset") {
      this.#close(end, error);
      return;
    }
    if (!this.#leave(end, error)) return;
    if (visitor !== undefined && farewell !== "close") {
      visitor.status = farewell;
      this.#context.counters.countAnswer(this.listener.lane, farewell);
    }
    this.client.answer(lastWords(farewell, end, visitor));
  }

  onConnectionClosed(_client: Connection, cause: CloseCause, code: string | null): void {
    if (this.#state === "ended") return;
    if (this.#state === "upgrading") this.#leave(cause === "reset" ? "client-reset" : "client-lost", code);
    else this.#leave("client-gone", code);
    this.#finish();
  }

  onRelayEnded(relay: Relay): void {
    if (this.#state === "ended") return;
    this.#leave(relayEnd(relay), relay.failureCode);
    this.#finish();
  }

  /** A bug ends it. */
  failedInternally(error: unknown): void {
    this.#context.reports.failedInternally(error);
    this.#close("internal", messageOf(error));
  }

  /** Resets what is open. `onConnectionClosed` or `onRelayEnded` finishes it. */
  #close(end: EndReason, error: string | null): boolean {
    if (!this.#leave(end, error)) return false;
    if (this.#relay !== undefined) this.#relay.abort();
    else this.client.reset();
    return true;
  }

  /** Decides the end and leaves what was under way. @returns whether it was not ending already. */
  #leave(end: EndReason, error: string | null): boolean {
    if (this.#state === "closing" || this.#state === "ended") return false;
    this.#context.wheel.disarm(this);
    this.#approach?.cancel();
    this.#approach = undefined;
    if (this.#relay === undefined) this.#dialling?.cancel();
    this.#state = "closing";
    this.#end = end;
    this.#error = error;
    return true;
  }

  /** The connections are gone: gives back what was counted, and says how it went. */
  #finish(): void {
    this.#state = "ended";
    const { admission, reports } = this.#context;
    // The record shows what is live beside this session, so it leaves first.
    if (this.#isAdmitted) admission.leave(this.listener.slot);
    this.#leaveEntrance();
    this.#dialling?.release();
    try {
      this.#account();
    } catch (error) {
      reports.failedInternally(error);
      this.#leaveTable();
    }
    this.#context.sessionEnded(this);
  }

  #account(): void {
    const { reports } = this.#context;
    const outcome = this.#outcome(this.#end);
    countOutcome(outcome, this.#context, this.place);
    // It is accounted for: from here on nobody else does it.
    this.#leaveTable();
    if (reports.wantsRecord(this.#end)) reports.recorded(recordOf(outcome, this.#context));
  }

  #outcome<End extends EndReason | null>(end: End): Outcome<End> {
    return {
      number: this.number,
      listener: this.listener,
      client: this.client,
      visitor: this.#visitor,
      acceptedAtMs: this.#acceptedAtMs,
      endedAtMs: this.#context.clock.nowMs(),
      dialling: this.#dialling,
      greeting: this.#greeting,
      relay: this.#relay,
      end,
      error: this.#error,
    };
  }

  #leaveTable(): void {
    this.#context.sessions.leave(this.place);
    this.place = -1;
  }
}
