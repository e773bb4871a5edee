// Who is served now, and the end of it by an operator's hand. Nobody is asked: it stands in shared memory.

import { configError } from "../errors.ts";
import type { SessionEntry } from "../session/session-table.ts";
import { parseSessionId, sessionId } from "../worker/session-id.ts";
import type { Assembly } from "./assembly.ts";

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
  /** Client to backend, so far; here and below. */
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

/** Which sessions to close: exactly one of these. */
export interface SessionFilter {
  readonly id?: string;
  /** `pool/name`; also one that was removed. */
  readonly backend?: string;
}

const DEFAULT_LIMIT = 100;
const MOST_AT_ONCE = 1_000;

type Parts = Pick<Assembly, "clock" | "dataPlane" | "instance" | "roster" | "rows">;

/** @throws LbError `LB_CONFIG` for a limit or a cursor that can't be. */
export function listSessions(parts: Parts, query: SessionQuery): SessionPage {
  const { limit = DEFAULT_LIMIT, cursor } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_AT_ONCE) {
    throw configError([{ path: "limit", message: `got ${limit}, expected a whole number from 1 to 1,000` }]);
  }
  const from = cursor === undefined ? { worker: 0, place: 0 } : parseCursor(cursor);
  const describe = describer(parts);
  const items: LiveSession[] = [];
  for (const [worker, table] of parts.dataPlane.sessions.entries()) {
    if (worker < from.worker) continue;
    for (const entry of table.entries(worker === from.worker ? from.place : 0)) {
      const session = describe(entry, worker);
      if (!matches(session, query)) continue;
      if (items.length === limit) return { items, cursor: `${worker}.${entry.place}` };
      items.push(session);
    }
  }
  return { items, cursor: null };
}

/**
 * Resets sessions; they end as closed-by-operator.
 * @returns how many.
 * @throws LbError `LB_CONFIG` unless exactly one filter is given.
 */
export async function closeSessions({ dataPlane, instance, rows }: Parts, filter: SessionFilter): Promise<number> {
  const { id, backend } = filter;
  if ((id === undefined) === (backend === undefined)) {
    throw configError([{ path: "closeSessions", message: "expected either an id or a backend; give one of them" }]);
  }
  if (backend !== undefined) {
    return dataPlane.abort("closed-by-operator", { kind: "rows", rows: rows.rowsOf(backend) });
  }
  const name = parseSessionId(instance, id ?? "");
  if (name === undefined) return 0;
  return dataPlane.abort("closed-by-operator", { kind: "number", number: name.number }, name.worker);
}

function describer({ clock, instance, roster, rows }: Parts): (entry: SessionEntry, worker: number) => LiveSession {
  const nowMs = clock.nowMs();
  const leaving = [...roster.leavingListeners.values()];
  const names = new Map([...leaving, ...roster.listeners].map(({ slot, name }) => [slot, name]));
  return ({ number, listenerSlot, client, row, generation, acceptedAtMs }, worker) => {
    const owner = rows.ownerOf(row, generation);
    return {
      id: sessionId(instance, worker, number),
      listener: names.get(listenerSlot) ?? "",
      client,
      pool: owner?.pool ?? null,
      backend: owner?.identity ?? null,
      backendAddress: owner?.addressText ?? null,
      bytesUp: 0,
      bytesDown: 0,
      durationMs: Math.max(0, Math.round((nowMs - acceptedAtMs) * 1_000) / 1_000),
      worker,
    };
  };
}

function matches(session: LiveSession, { listener, pool, backend }: SessionQuery): boolean {
  return (
    (listener === undefined || session.listener === listener) &&
    (pool === undefined || session.pool === pool) &&
    (backend === undefined || session.backend === backend)
  );
}

function parseCursor(cursor: string): { readonly worker: number; readonly place: number } {
  const [worker, place] = /^(\d+)\.(\d+)$/.exec(cursor)?.slice(1).map(Number) ?? [];
  if (worker !== undefined && place !== undefined) return { worker, place };
  throw configError([{ path: "cursor", message: "expected the cursor of an earlier answer; leave it out to begin" }]);
}
