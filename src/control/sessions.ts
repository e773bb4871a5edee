// Who is served now, and the end of it by an operator's hand. Nobody is asked: it stands in shared memory.

import { configError } from "../errors.ts";
import type { EntryFilter, SessionEntry } from "../session/session-table.ts";
import { formatIp, IP_WORDS, readIp } from "../wire/ip.ts";
import { quoteValue } from "../wire/quote.ts";
import { parseSessionId, sessionId } from "../worker/session-id.ts";
import type { Assembly } from "./assembly.ts";
import { type Actor, actorFields } from "./override.ts";
import type { RowOwner } from "./rows.ts";

/** A session that lives. */
export interface LiveSession {
  readonly id: string;
  readonly listener: string;
  /** `ip:port`. */
  readonly client: string;
  /** Null while it has no backend, here and below. */
  readonly pool: string | null;
  /** `pool/name`. */
  readonly backend: string | null;
  /** `ip:port` or `unix:/path`. */
  readonly backendAddress: string | null;
  /** Client to backend, as of about a second ago; here and below. */
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** Since it was accepted. Milliseconds. */
  readonly durationMs: number;
  readonly worker: number;
}

/** Which sessions to list. Where several are given, all must hold. */
export interface SessionQuery {
  readonly listener?: string;
  readonly pool?: string;
  /** `pool/name`. */
  readonly backend?: string;
  /** An IP. */
  readonly client?: string;
  /** Milliseconds. */
  readonly minAgeMs?: number;
  /** Sessions at most in one answer, 1 to 1,000, default 100. */
  readonly limit?: number;
  /** Where to go on: what the answer before said. */
  readonly cursor?: string;
}

export interface SessionPage {
  readonly items: readonly LiveSession[];
  /** Of the next page; null where there is none. Sessions that come and go meanwhile may be in it or not. */
  readonly cursor: string | null;
}

/** Which sessions to close. Where several are given, all must hold; at least one is to be given. */
export interface SessionFilter {
  readonly id?: string;
  readonly listener?: string;
  /** Those that have a backend of it. */
  readonly pool?: string;
  /** `pool/name`; also one that was removed. */
  readonly backend?: string;
  /** An IP. */
  readonly client?: string;
}

const DEFAULT_LIMIT = 100;
const MOST_AT_ONCE = 1_000;

type Parts = Pick<Assembly, "audit" | "clock" | "dataPlane" | "instance" | "roster" | "rows">;

/** @throws LbError `LB_CONFIG` for a limit, a cursor, an age or a client that can't be. */
export function listSessions(parts: Parts, query: SessionQuery): SessionPage {
  const { limit = DEFAULT_LIMIT, cursor } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_AT_ONCE) {
    throw configError([{ path: "limit", message: `got ${limit}, expected a whole number from 1 to 1,000` }]);
  }
  const filter = filterOf(parts, query);
  const from = cursor === undefined ? { worker: 0, place: 0 } : parseCursor(cursor);
  const describe = describer(parts);
  const items: LiveSession[] = [];
  for (const [worker, table] of parts.dataPlane.sessions.entries()) {
    if (worker < from.worker) continue;
    for (const entry of table.entries(worker === from.worker ? from.place : 0, filter)) {
      if (items.length === limit) return { items, cursor: `${worker}.${entry.place}` };
      items.push(describe(entry, worker));
    }
  }
  return { items, cursor: null };
}

/** The session that has this id; undefined where there is none. */
export function findSession(parts: Parts, id: string): LiveSession | undefined {
  const name = parseSessionId(parts.instance, id);
  const entry = name === undefined ? undefined : parts.dataPlane.sessions[name.worker]?.find(name.number);
  return name === undefined || entry === undefined ? undefined : describer(parts)(entry, name.worker);
}

/**
 * Resets sessions; they end as closed-by-operator.
 * @param by who wants it.
 * @returns how many.
 * @throws LbError `LB_CONFIG` where no filter is given, or a client that can't be.
 */
export async function closeSessions(parts: Parts, filter: SessionFilter, by: Actor): Promise<number> {
  const { dataPlane, instance } = parts;
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  if (given.length === 0) {
    throw configError([
      { path: "closeSessions", message: "no filter; give at least one of id, listener, pool, backend, client" },
    ]);
  }
  const { id, client } = filter;
  const { listenerSlots, rows } = filterOf(parts, filter);
  const name = id === undefined ? undefined : parseSessionId(instance, id);
  if (id !== undefined && name === undefined) return 0;
  const which = {
    kind: "filtered",
    number: name?.number,
    slots: listenerSlots === undefined ? undefined : [...listenerSlots],
    rows: rows === undefined ? undefined : [...rows.keys()],
    clientIp: client === undefined ? undefined : canonicalIp(client),
  } as const;
  const count = await dataPlane.abort("closed-by-operator", which, name?.worker);
  if (count > 0) {
    const change = { ...Object.fromEntries(given), count };
    parts.audit({ action: "sessions-closed", subject: filter.backend ?? id ?? null, change, ...actorFields(by) });
  }
  return count;
}

/** @throws LbError `LB_CONFIG` */
function filterOf(parts: Parts, query: SessionFilter & Pick<SessionQuery, "minAgeMs">): EntryFilter {
  const { listener, pool, backend, client, minAgeMs } = query;
  if (minAgeMs !== undefined && !(minAgeMs >= 0)) {
    throw configError([{ path: "minAgeMs", message: `got ${minAgeMs}, expected milliseconds, at least 0` }]);
  }
  const isOwner = ({ pool: name, identity }: RowOwner): boolean =>
    (pool === undefined || name === pool) && (backend === undefined || identity === backend);
  return {
    listenerSlots: listener === undefined ? undefined : slotsOf(parts, listener),
    rows: pool === undefined && backend === undefined ? undefined : parts.rows.rowsWhere(isOwner),
    clientIp: client === undefined ? undefined : canonicalIp(client),
    acceptedByMs: minAgeMs === undefined ? undefined : parts.clock.nowMs() - minAgeMs,
  };
}

/** Those of leaving listeners included, which still have sessions. */
function slotsOf({ roster }: Parts, listener: string): ReadonlySet<number> {
  const named = [...roster.leavingListeners.values(), ...roster.listeners].filter(({ name }) => name === listener);
  return new Set(named.map(({ slot }) => slot));
}

/** As the data plane writes it: one address has many spellings. @throws LbError `LB_CONFIG` */
function canonicalIp(client: string): string {
  const words = new Uint32Array(IP_WORDS);
  if (readIp(client, words)) return formatIp(words);
  const message = `got ${quoteValue(client)}, expected an IP address such as 192.0.2.7, without a port`;
  throw configError([{ path: "client", message }]);
}

function describer({ clock, instance, roster, rows }: Parts): (entry: SessionEntry, worker: number) => LiveSession {
  const nowMs = clock.nowMs();
  const leaving = [...roster.leavingListeners.values()];
  const names = new Map([...leaving, ...roster.listeners].map(({ slot, name }) => [slot, name]));
  return ({ number, listenerSlot, client, row, generation, acceptedAtMs, bytesUp, bytesDown }, worker) => {
    const owner = rows.ownerOf(row, generation);
    return {
      id: sessionId(instance, worker, number),
      listener: names.get(listenerSlot) ?? "",
      client,
      pool: owner?.pool ?? null,
      backend: owner?.identity ?? null,
      backendAddress: owner?.addressText ?? null,
      bytesUp,
      bytesDown,
      durationMs: Math.max(0, Math.round((nowMs - acceptedAtMs) * 1_000) / 1_000),
      worker,
    };
  };
}

function parseCursor(cursor: string): { readonly worker: number; readonly place: number } {
  const [worker, place] = /^(\d+)\.(\d+)$/.exec(cursor)?.slice(1).map(Number) ?? [];
  if (worker !== undefined && place !== undefined) return { worker, place };
  throw configError([{ path: "cursor", message: "expected the cursor of an earlier answer; leave it out to begin" }]);
}
