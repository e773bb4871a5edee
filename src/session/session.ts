// One client connection from accept to end: the data path in reading order. A state machine driven by the transport and
// the wheel, without promises, so that it runs in an event loop that never returns to Node.

import { messageOf } from "../errors.ts";
import type { CloseCause, Connection, ConnectionHandler, Relay, RelayHandler } from "../transport/transport.ts";
import type { ListenerSnapshot, SessionContext } from "./context.ts";
import { Dialling, type DiallingHandler, type Seeker } from "./dialling.ts";
import type { EndReason } from "./end.ts";
import { countOutcome, recordOf } from "./outcome.ts";
import type { WheelEntry } from "./wheel.ts";

/**
 * `waiting` for the client's first byte, where the listener dials on data; `dialling`; `relaying`; `closing`: the end is
 * decided and the connections are on their way out; `ended`: nothing is owned any more.
 */
type SessionState = "accepted" | "waiting" | "dialling" | "relaying" | "closing" | "ended";

export class Session implements WheelEntry, ConnectionHandler, RelayHandler, Seeker, DiallingHandler {
  wheelNext: WheelEntry | undefined;
  wheelPrevious: WheelEntry | undefined;
  wheelSlot = -1;
  wheelDueMs = 0;
  /** Among the sessions of its worker. */
  readonly number: number;
  readonly listener: ListenerSnapshot;
  readonly client: Connection;
  /** In the session table. */
  place = -1;
  readonly #context: SessionContext;
  readonly #acceptedAtMs: number;
  #state: SessionState = "accepted";
  #isAdmitted = false;
  #dialling: Dialling | undefined;
  #relay: Relay | undefined;
  #end: EndReason = "internal";
  #error: string | null = null;

  /** Takes the client over. `start` follows. */
  constructor(context: SessionContext, listener: ListenerSnapshot, client: Connection) {
    this.#context = context;
    this.client = client;
    this.#acceptedAtMs = context.clock.nowMs();
    this.listener = listener;
    this.number = context.sessions.nextNumber();
    client.own(this);
  }

  get id(): string {
    return this.#context.sessionIdOf(this.number);
  }

  /** The IP of whom the session counts for. */
  get clientIp(): string {
    return this.client.remoteIp;
  }

  /** The row it is counted on, or -1. */
  get backendRow(): number {
    return this.#dialling?.backend?.row ?? -1;
  }

  /** accept ▶ admit ▶ (wait for data) ▶ dial. */
  start(): void {
    const { admission, sessions } = this.#context;
    try {
      this.#isAdmitted = admission.enter(this.listener.slot);
      if (!this.#isAdmitted) {
        this.#close("over-limit", null);
        return;
      }
      this.place = sessions.enter(this.number, this.listener.slot, this.#acceptedAtMs, this.client.remoteAddress);
      if (this.listener.dial === "on-data") this.#waitForData();
      else this.#startDialling();
    } catch (error) {
      this.failedInternally(error);
    }
  }

  // Waiting for data

  #waitForData(): void {
    this.#state = "waiting";
    this.client.peek(0);
    this.#arm(this.#acceptedAtMs + this.listener.idleTimeoutMs);
  }

  onPrefix(prefix: Uint8Array): void {
    if (this.#state !== "waiting") return;
    try {
      if (prefix.length > 0) this.#startDialling();
      else this.#dismissClient();
    } catch (error) {
      this.failedInternally(error);
    }
  }

  /** It said nothing and has left in order: a checker or a scanner. */
  #dismissClient(): void {
    this.#context.wheel.disarm(this);
    this.#decide("client-gone", null);
    this.client.finish();
  }

  // Dialling

  #startDialling(): void {
    const dialling = new Dialling(this.#context, this, this, this.#context.poolOf(this.listener));
    this.#dialling = dialling;
    this.#state = "dialling";
    dialling.start();
  }

  onNoBackend(end: EndReason, error: string | null): void {
    this.#close(end, error);
  }

  onBackend(dialling: Dialling): void {
    const backend = dialling.handOver();
    try {
      this.#startRelay(backend);
    } catch (error) {
      backend.reset();
      throw error;
    }
  }

  onBackendGone(): void {
    // It is relayed as soon as it is connected.
  }

  onBackendPrefix(): void {
    // Nobody asks.
  }

  onDueChanged(): void {
    if (this.#state === "dialling" && this.#dialling !== undefined) this.#arm(this.#dialling.dueMs);
  }

  // Relaying

  #startRelay(backend: Connection): void {
    this.#context.sessions.relaying(this.place);
    this.#state = "relaying";
    this.#relay = this.#context.transport.relay(this.client, backend, this);
    this.#armRelay(this.#relay);
  }

  onHalfClosed(relay: Relay): void {
    if (this.#state === "relaying") this.#armRelay(relay);
  }

  #armRelay(relay: Relay): void {
    this.#arm(relay.lastActivityAtMs + this.#quietMs(relay));
  }

  /** How long it may be silent. */
  #quietMs(relay: Relay): number {
    const { idleTimeoutMs, halfCloseTimeoutMs } = this.listener;
    return relay.finishedFirst === undefined ? idleTimeoutMs : Math.min(halfCloseTimeoutMs, idleTimeoutMs);
  }

  // Time

  #arm(dueMs: number): void {
    this.#context.wheel.arm(this, Math.min(dueMs, this.#acceptedAtMs + this.listener.maxLifetimeMs));
  }

  onDue(nowMs: number): void {
    try {
      if (nowMs >= this.#acceptedAtMs + this.listener.maxLifetimeMs) this.#close("max-lifetime", null);
      else if (this.#relay !== undefined) this.#relayDue(this.#relay, nowMs);
      else if (this.#dialling !== undefined) this.#dialling.onDue(nowMs);
      else this.#close("idle-timeout", null);
    } catch (error) {
      this.failedInternally(error);
    }
  }

  #relayDue(relay: Relay, nowMs: number): void {
    const { idleTimeoutMs, halfCloseTimeoutMs } = this.listener;
    // Bytes have come since it was armed: what moves never touches the wheel.
    if (nowMs < relay.lastActivityAtMs + this.#quietMs(relay)) this.#armRelay(relay);
    else if (relay.finishedFirst === undefined || idleTimeoutMs < halfCloseTimeoutMs) this.#close("idle-timeout", null);
    else this.#close("half-close-timeout", `the ${relay.finishedFirst} had finished`);
  }

  // Ending

  /**
   * Ends it from outside: both sides are reset.
   * @returns whether it was not ending already.
   */
  abort(end: EndReason): boolean {
    return this.#close(end, null);
  }

  onConnectionClosed(connection: Connection, _cause: CloseCause, code: string | null): void {
    // A backend's, where a bug has kept it from being relayed.
    if (connection !== this.client || this.#state === "ended") return;
    if (this.#state !== "closing") {
      this.#leaveState();
      this.#decide("client-gone", code);
    }
    this.#finish();
  }

  onRelayEnded(relay: Relay): void {
    if (this.#state === "ended") return;
    if (this.#state !== "closing") {
      this.#leaveState();
      this.#decide(relayEnd(relay), relay.failureCode);
    }
    this.#finish();
  }

  /** A bug ends it. */
  failedInternally(error: unknown): void {
    this.#context.reports.failedInternally(error);
    this.#close("internal", messageOf(error));
  }

  /** Resets what is open. `onConnectionClosed` or `onRelayEnded` finishes it. */
  #close(end: EndReason, error: string | null): boolean {
    if (this.#state === "closing" || this.#state === "ended") return false;
    this.#leaveState();
    this.#decide(end, error);
    if (this.#relay !== undefined) this.#relay.abort();
    else this.client.reset();
    return true;
  }

  #leaveState(): void {
    this.#context.wheel.disarm(this);
    if (this.#state === "dialling") this.#dialling?.cancel();
  }

  #decide(end: EndReason, error: string | null): void {
    this.#state = "closing";
    this.#end = end;
    this.#error = error;
  }

  /** The connections are gone: gives back what was counted, and says how it went. */
  #finish(): void {
    this.#state = "ended";
    const { admission, reports } = this.#context;
    // The record shows what is live beside this session, so it leaves first.
    if (this.#isAdmitted) admission.leave(this.listener.slot);
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
    const { clock, reports, counters } = this.#context;
    const outcome = {
      number: this.number,
      listener: this.listener,
      client: this.client,
      acceptedAtMs: this.#acceptedAtMs,
      endedAtMs: clock.nowMs(),
      dialling: this.#dialling,
      relay: this.#relay,
      end: this.#end,
      error: this.#error,
    };
    countOutcome(outcome, counters);
    // It is accounted for: from here on nobody else does it.
    this.#leaveTable();
    if (reports.wantsRecord(this.#end)) reports.recorded(recordOf(outcome, this.#context));
  }

  #leaveTable(): void {
    this.#context.sessions.leave(this.place);
    this.place = -1;
  }
}

function relayEnd({ failedSide, failure, finishedFirst }: Relay): EndReason {
  if (failedSide !== undefined && failure !== undefined) return `${failedSide}-${failure}`;
  return finishedFirst === undefined ? "internal" : `${finishedFirst}-finished`;
}
