// What a session leaves behind: counts for the metrics, and its record.

import type { Connection, Relay } from "../transport/transport.ts";
import type { ListenerSnapshot, SessionContext } from "./context.ts";
import type { Counters } from "./counters.ts";
import type { Dialling } from "./dialling.ts";
import type { EndReason } from "./end.ts";
import type { SessionRecord } from "./record.ts";

/** How a session went. Its counts have been given back. */
export interface Outcome {
  readonly number: number;
  readonly listener: ListenerSnapshot;
  readonly client: Connection;
  readonly acceptedAtMs: number;
  readonly endedAtMs: number;
  /** Undefined where it ended before it looked for a backend. */
  readonly dialling: Dialling | undefined;
  /** Undefined where it never had a backend. */
  readonly relay: Relay | undefined;
  readonly end: EndReason;
  readonly error: string | null;
}

export function countOutcome(outcome: Outcome, counters: Counters): void {
  const { listener, end, dialling, relay, acceptedAtMs, endedAtMs } = outcome;
  counters.countSession(
    laneOf(listener, dialling?.pool.snapshot.name),
    end,
    relay?.bytesUp ?? 0,
    relay?.bytesDown ?? 0,
  );
  if (relay === undefined || dialling?.backend === undefined) return;
  counters.countBackendSession(dialling.backend.row, relay.bytesUp, relay.bytesDown);
  const pool = dialling.pool.snapshot.counterSlot;
  counters.observe(pool, "session", endedAtMs - acceptedAtMs);
  if (relay.bytesDown > 0) counters.observe(pool, "firstByte", relay.firstByteAtMs - dialling.connectedAtMs);
}

/** Where a session counts. @param pool undefined where it went to none. */
export function laneOf({ lanes, lane }: Pick<ListenerSnapshot, "lanes" | "lane">, pool: string | undefined): number {
  return pool === undefined ? lane : (lanes[pool] ?? lane);
}

type PeekedKey = "protocol" | "host" | "method" | "path" | "sni" | "alpn" | "status" | "peekMs" | "queueMs";

/** The part of a record that nobody has looked for: the first bytes were not read, and nobody waited. */
export const NOTHING_PEEKED: Readonly<Record<PeekedKey, null>> = {
  protocol: null,
  host: null,
  method: null,
  path: null,
  sni: null,
  alpn: null,
  status: null,
  peekMs: null,
  queueMs: null,
};

type RecordContext = Pick<SessionContext, "admission" | "table" | "worker" | "sessionIdOf">;

export function recordOf(outcome: Outcome, context: RecordContext): SessionRecord {
  const { admission, table, worker } = context;
  const { number, listener, client, dialling, relay, end, error } = outcome;
  const backend = dialling?.backend;
  return {
    ...NOTHING_PEEKED,
    id: context.sessionIdOf(number),
    listener: listener.name,
    local: client.localAddress,
    client: client.remoteAddress,
    peer: null,
    pool: dialling?.pool.snapshot.name ?? null,
    backend: backend?.identity ?? null,
    backendAddress: backend?.addressText ?? null,
    attempts: dialling?.attempts ?? 0,
    failed: dialling?.failed ?? [],
    dialMs: durationMs(dialling?.startedAtMs, dialling?.connectedAtMs),
    firstByteMs: durationMs(dialling?.connectedAtMs, relay?.firstByteAtMs),
    durationMs: rounded(outcome.endedAtMs - outcome.acceptedAtMs),
    bytesUp: relay?.bytesUp ?? 0,
    bytesDown: relay?.bytesDown ?? 0,
    end,
    error,
    active: {
      process: admission.processActive,
      listener: admission.listenerActive(listener.slot),
      backend: backend === undefined ? null : (table.active[backend.row] ?? 0),
    },
    worker,
  };
}

/** From one moment to another; null where one of them has not come. */
function durationMs(fromMs: number = Number.NaN, toMs: number = Number.NaN): number | null {
  const duration = toMs - fromMs;
  return Number.isNaN(duration) ? null : rounded(duration);
}

/** Milliseconds with microseconds: what the clock gives beyond that is noise. */
function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
