// Who is served, and the end of it.

import { isIP } from "node:net";
import { setImmediate } from "node:timers/promises";
import { defined } from "../config/defined.ts";
import { parseDuration } from "../config/duration.ts";
import type { Balancer } from "../control/balancer.ts";
import type { LiveSession, SessionFilter, SessionPage, SessionQuery } from "../control/sessions.ts";
import { configError } from "../errors.ts";
import { quote } from "../wire/quote.ts";
import { actorOf } from "./backend-handlers.ts";
import type { Handler } from "./call.ts";
import { limitOf } from "./paging.ts";
import { json, problem, type Reply } from "./reply.ts";

export function sessionHandlers(balancer: Balancer): Readonly<Record<string, Handler>> {
  return {
    "GET /api/v1/sessions": async ({ query }) => json(await pageOf(balancer, sessionQueryOf(query))),
    "DELETE /api/v1/sessions": async (call) => {
      const [listener, pool, backend, client] = ["listener", "pool", "backend", "client"].map((key) =>
        call.query.get(key),
      );
      if (backend !== undefined && !/^[^/]+\/./.test(backend)) {
        throw configError([
          { path: "backend", message: `got ${quote(backend)}, expected pool/name, whose sessions are to end` },
        ]);
      }
      if ((listener ?? pool ?? backend ?? client) === undefined) {
        const message = "nothing says which sessions are to end; give at least one of listener, pool, backend, client";
        throw configError([{ path: "query", message }]);
      }
      const filter = defined<SessionFilter>({ listener, pool, backend, client });
      return json({ closed: await balancer.closeSessions(filter, actorOf(call)) });
    },
    "GET /api/v1/sessions/{id}": ({ parameters }) => {
      const session = balancer.session(parameters["id"] ?? "");
      return session === undefined ? gone(parameters["id"]) : json(session);
    },
    "DELETE /api/v1/sessions/{id}": async (call) => {
      const id = call.parameters["id"] ?? "";
      const closed = await balancer.closeSessions({ id }, actorOf(call));
      return closed === 0 ? gone(id) : json({ closed });
    },
  };
}

/** Sessions that are listed in one go: a page of 1,000 takes milliseconds, and this thread may be carrying sessions. */
const SLICE = 100;

/** A page made of slices, between which others have their turn. @throws LbError `LB_CONFIG` */
async function pageOf(balancer: Balancer, query: SessionQuery & { readonly limit: number }): Promise<SessionPage> {
  const items: LiveSession[] = [];
  let cursor: string | null | undefined = query.cursor;
  do {
    if (items.length > 0) await setImmediate();
    const limit = Math.min(SLICE, query.limit - items.length);
    const slice = balancer.sessions({ ...query, limit, ...(cursor === undefined ? {} : { cursor }) });
    items.push(...slice.items);
    ({ cursor } = slice);
  } while (cursor !== null && items.length < query.limit);
  return { items, cursor };
}

/** @throws LbError `LB_CONFIG` */
function sessionQueryOf(query: ReadonlyMap<string, string>): SessionQuery & { readonly limit: number } {
  const client = query.get("client");
  if (client !== undefined && isIP(client) === 0) {
    throw configError([{ path: "client", message: `got ${quote(client)}, expected an IP address` }]);
  }
  const limit = limitOf(query);
  const filter = defined<SessionQuery>({
    listener: query.get("listener"),
    pool: query.get("pool"),
    backend: query.get("backend"),
    client,
    minAgeMs: minAgeOf(query.get("minAge")),
    cursor: query.get("cursor"),
  });
  return { ...filter, limit };
}

function minAgeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const parsed = parseDuration(text);
  if ("value" in parsed) return parsed.value;
  throw configError([{ path: "minAge", message: parsed.problem }]);
}

function gone(id = ""): Reply {
  return problem(404, `there is no session ${quote(id)}: it has ended, or never was`);
}
