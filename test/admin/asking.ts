// Requests to an admin address, each answer held against the OpenAPI document.

import assert from "node:assert/strict";
import { type IncomingHttpHeaders, type IncomingMessage, type RequestOptions, request } from "node:http";
import { openApiDocument } from "../../src/admin/openapi.ts";
import { nameOf, operations } from "../../src/admin/operations.ts";
import { Router } from "../../src/admin/router.ts";
import { withDeadline } from "../support/deadline.ts";
import { schemaMistakes } from "../support/json-schema.ts";

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a text as it is. */
  readonly body?: unknown;
  readonly localAddress?: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Parsed, where it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects
  readonly body: unknown;
}

/** `ip:port` or `unix:/path`. */
export function whereIs(address: string): RequestOptions {
  if (address.startsWith("unix:")) return { socketPath: address.slice("unix:".length) };
  const colon = address.lastIndexOf(":");
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(address.slice(colon + 1)) };
}

/** Asks, on a connection of its own. */
export async function ask(address: string, path: string, asked: Asked = {}): Promise<Answered> {
  const { method = "GET", headers = {}, body, localAddress } = asked;
  const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  const length = text === undefined ? {} : { "content-length": String(Buffer.byteLength(text)) };
  const type = typeof body === "object" ? { "content-type": "application/json", ...length } : length;
  const answered = new Promise<Answered>((resolve, reject) => {
    const options = {
      ...whereIs(address),
      method,
      path,
      agent: false as const,
      ...(localAddress === undefined ? {} : { localAddress }),
      headers: { host: "localhost", ...type, ...headers },
    };
    const asking = request(options, (response) => void collected(response).then(resolve, reject));
    asking.on("error", reject);
    asking.end(text);
  });
  const answer = await withDeadline(answered, () => `an answer to ${method} ${path}`);
  assertDocumented(method, path, answer);
  return answer;
}

async function collected(response: IncomingMessage): Promise<Answered> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const isJson = /json/.test(response.headers["content-type"] ?? "");
  const body: unknown = isJson && text !== "" ? JSON.parse(text) : undefined;
  return { status: response.statusCode ?? 0, headers: response.headers, text, body };
}

const router = new Router(operations);

/** That the document says of this operation that it may answer so. */
function assertDocumented(method: string, path: string, { status, headers, body, text }: Answered): void {
  const match = router.match(method, path.replace(/\?.*/s, ""));
  const document: Json = JSON.parse(JSON.stringify(openApiDocument()));
  const type = headers["content-type"] ?? "";
  if (match.kind !== "route" || status >= 400) {
    if (type === "application/problem+json") assertFits(body, { $ref: "#/components/schemas/Problem" }, document, path);
    if (match.kind !== "route") return;
  }
  const found = at(document, "paths", match.route.path, match.route.method.toLowerCase(), "responses");
  if (status === 304 || method === "HEAD") return;
  const response = at(found, String(status)) ?? (status >= 400 ? at(found, "default") : undefined);
  assert.ok(response !== undefined, `${nameOf(match.route)} answers ${status}, which is not documented: ${text}`);
  const content = at(response, "content");
  if (content === undefined) {
    assert.equal(text, "", `${nameOf(match.route)} has no content with ${status}`);
    return;
  }
  const [documented = "", media] = Object.entries(content)[0] ?? [];
  const isOther = documented === "application/octet-stream" || type.startsWith(documented);
  assert.ok(isOther, `${nameOf(match.route)} answers ${status} as ${type}, documented as ${documented}`);
  const schema = at(media, "schema");
  if (body !== undefined && schema !== undefined) assertFits(body, schema, document, nameOf(match.route));
}

type Json = Readonly<Record<string, unknown>>;

export function assertFits(value: unknown, schema: Json, root: Json, what: string): void {
  assert.deepEqual(schemaMistakes(value, schema, root), [], what);
}

function at(value: unknown, ...steps: readonly string[]): Json | undefined {
  let place: unknown = value;
  for (const step of steps) place = isJson(place) ? place[step] : undefined;
  return isJson(place) ? place : undefined;
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null;
}
