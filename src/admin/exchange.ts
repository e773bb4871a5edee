// One request and its answer over node:http: everything that is the same for all endpoints.

import type { IncomingMessage, ServerResponse } from "node:http";
import { formatHostPort, plainIp } from "../wire/address.ts";
import { printable } from "../wire/quote.ts";
import { accepts } from "./accept.ts";
import type { Authority, Entrance } from "./authority.ts";
import { hasBody, readJson } from "./body.ts";
import type { Call, Handler } from "./call.ts";
import type { Operation } from "./operations.ts";
import { JSON_TYPE, problem, problemOf, type Reply } from "./reply.ts";
import type { Router } from "./router.ts";
import type { Visitors } from "./visitors.ts";

/** What is served at a path. */
export interface Endpoint extends Operation {
  readonly handle: Handler;
}

/** What every answer says to browsers. */
const SECURITY_HEADERS = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "content-security-policy":
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
} as const;

export interface ExchangeParts {
  readonly visitors: Pick<Visitors, "serve">;
  readonly router: Router<Endpoint>;
  readonly authority: Authority;
  /** Which entrance a request has come in by. */
  readonly entranceOf: (request: IncomingMessage) => Entrance;
}

/** Serves one request. Never throws, never rejects. */
export async function exchange(
  parts: ExchangeParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  // What can't be sent any more is of no interest to anybody.
  response.on("error", () => {});
  request.on("error", () => {});
  let reply: Reply | undefined;
  try {
    reply = await replyTo(parts, request, response, gone.signal);
  } catch (error) {
    reply = problemOf(error);
  }
  if (reply === undefined || response.destroyed) return;
  try {
    send(reply, request, response);
  } catch {
    // Such as a header that can't be: a bug of ours ends a connection, and not the program.
    response.destroy();
  }
}

async function replyTo(
  { router, authority, entranceOf, visitors }: ExchangeParts,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<Reply | undefined> {
  const { method = "", headers } = request;
  const url = request.url ?? "";
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const match = router.match(method, path);
  if (match.kind === "unknown")
    return problem(404, `there is nothing at ${printable(path)}; /api/v1/openapi.json says what there is`);
  if (match.kind === "other-method") {
    const allow = match.allowed.join(", ");
    return problem(405, `got ${printable(method)}, expected ${allow}`, { headers: { allow } });
  }
  const { route, parameters } = match;
  const entrance = entranceOf(request);
  const verdict = authority.decide(route.access, entrance, headers);
  if (verdict.kind === "refused") return verdict.reply;
  const type = typeOf(route);
  if (!accepts(headers.accept, type))
    return problem(406, `this is answered as ${type}; leave Accept out, or allow that`);
  const query = queryOf(mark < 0 ? "" : url.slice(mark + 1), route);
  if (!(query instanceof Map)) return query;
  let body: unknown;
  if (route.body !== undefined) {
    if (headers.expect !== undefined) response.writeContinue();
    const read = await readJson(request);
    if (read === undefined) return undefined;
    if (read.kind === "refused") return read.reply;
    body = read.value;
  } else if (hasBody(request)) {
    return problem(413, "this takes no body; leave it out", { headers: { connection: "close" } });
  }
  const call: Call = {
    parameters,
    query,
    body,
    actor: verdict.actor,
    client: clientOf(request, entrance),
    request,
    signal,
  };
  const served = visitors.serve(request.socket);
  try {
    const reply = await route.handle(call);
    if (reply.kind === "stream") response.once("close", served);
    else served();
    return reply;
  } catch (error) {
    served();
    throw error;
  }
}

/** What an operation answers when all is well. */
function typeOf({ answers }: Operation): string {
  const [first] = Object.values(answers);
  return first?.type ?? JSON_TYPE;
}

/** Each parameter once, and none that means nothing here. */
function queryOf(text: string, { query = {} }: Operation): Map<string, string> | Reply {
  const known = Object.keys(query);
  const values = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (!Object.hasOwn(query, name)) {
      const names = known.length === 0 ? "this takes none" : `the parameters are ${known.join(", ")}`;
      return problem(400, `unknown parameter ${printable(name)}; ${names}`);
    }
    if (values.has(name)) return problem(400, `got ${name} twice, expected it once`);
    values.set(name, value);
  }
  return values;
}

function clientOf({ socket }: IncomingMessage, entrance: Entrance): string | null {
  if (entrance.kind === "unix") return null;
  return formatHostPort(plainIp(entrance.clientIp), socket.remotePort ?? 0);
}

function send(reply: Reply, request: IncomingMessage, response: ServerResponse): void {
  // What is left of a body that was not read would be taken for the next request.
  if (!request.complete && hasBody(request)) response.shouldKeepAlive = false;
  switch (reply.kind) {
    case "stream":
      response.writeHead(200, { ...SECURITY_HEADERS, ...reply.headers });
      if (request.method === "HEAD") response.end();
      else reply.open(response);
      return;
    case "empty":
      response.writeHead(reply.status, { ...SECURITY_HEADERS, ...reply.headers });
      response.end();
      return;
    case "bytes": {
      const length = String(Buffer.byteLength(reply.bytes));
      response.writeHead(reply.status, { ...SECURITY_HEADERS, "content-length": length, ...reply.headers });
      response.end(reply.bytes);
    }
  }
}
