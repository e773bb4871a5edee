// A running lb-tcp, asked over its admin address. Nothing here throws: what goes wrong is an answer.

import { type IncomingMessage, type RequestOptions, request } from "node:http";
import type { ProblemAnswer } from "../../admin/answers.ts";
import type { Clock } from "../../clock.ts";
import { messageOf, systemCode } from "../../errors.ts";
import { formatHostPort } from "../../wire/address.ts";
import { durationText } from "../text/figures.ts";
import type { Place } from "./place.ts";

export interface Question {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Below /api/v1, with its query. */
  readonly path: string;
  readonly body?: unknown;
  /** How long the server has been asked to wait before it answers. Milliseconds, default 0. */
  readonly waitMs?: number;
  /** Gives up: what comes back is `unreachable`. */
  readonly signal?: AbortSignal;
}

/** It said no. */
export interface Refused {
  readonly kind: "refused";
  readonly status: number;
  readonly problem: Pick<ProblemAnswer, "title" | "detail" | "problems">;
}

/** Nobody answers, or somebody else. */
export interface Unreachable {
  readonly kind: "unreachable";
  readonly reason: string;
}

export type Failure = Refused | Unreachable;
export type Answer<Body> = { readonly kind: "answer"; readonly status: number; readonly body: Body } | Failure;

export interface Remote {
  readonly place: Place;
  /** @returns what it answers, whose form is the server's promise (src/admin/answers.ts). */
  ask<Body>(question: Question): Promise<Answer<Body>>;
  /** Opens what does not end: its bytes, until the response is destroyed or the signal given. */
  open(
    path: string,
    signal: AbortSignal,
  ): Promise<Failure | { readonly kind: "open"; readonly response: IncomingMessage }>;
}

/** What a server may take for an answer, the waiting that it was asked for aside. */
export const ANSWER_MS = 10_000;
const MOST_BYTES = 64 * 2 ** 20;
const BASE = "/api/v1";

export function createRemote(place: Place, clock: Clock): Remote {
  return {
    place,
    async ask<Body>(question: Question): Promise<Answer<Body>> {
      const { method, path, body, waitMs = 0, signal } = question;
      const limitMs = ANSWER_MS + waitMs;
      const controller = new AbortController();
      const timer = clock.setTimer(() => controller.abort(), limitMs);
      const stop = (): void => controller.abort();
      signal?.addEventListener("abort", stop);
      if (signal?.aborted === true) stop();
      try {
        const response = await send(place, { method, path, body }, controller.signal);
        return answerOf<Body>(response, await textOf(response));
      } catch (error) {
        const isLate = controller.signal.aborted && signal?.aborted !== true;
        return { kind: "unreachable", reason: isLate ? `no answer within ${durationText(limitMs)}` : reasonOf(error) };
      } finally {
        timer.cancel();
        signal?.removeEventListener("abort", stop);
      }
    },
    async open(path, signal) {
      const controller = new AbortController();
      const timer = clock.setTimer(() => controller.abort(), ANSWER_MS);
      const stop = (): void => controller.abort();
      signal.addEventListener("abort", stop);
      if (signal.aborted) stop();
      try {
        const response = await send(place, { method: "GET", path }, controller.signal);
        // From now on only the caller ends it.
        if (response.statusCode === 200) return { kind: "open", response };
        const answer = answerOf(response, await textOf(response));
        return answer.kind === "answer" ? NOT_OURS : answer;
      } catch (error) {
        const isLate = controller.signal.aborted && !signal.aborted;
        return {
          kind: "unreachable",
          reason: isLate ? `no answer within ${durationText(ANSWER_MS)}` : reasonOf(error),
        };
      } finally {
        timer.cancel();
      }
    },
  };
}

const NOT_OURS: Unreachable = {
  kind: "unreachable",
  reason: "what answers there is not the admin address of lb-tcp",
};

function send(
  { address, token }: Place,
  { method, path, body }: Pick<Question, "method" | "path" | "body">,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const where: RequestOptions =
    address.kind === "unix" ? { socketPath: address.path } : { host: address.host, port: address.port };
  const options: RequestOptions = {
    ...where,
    method,
    path: `${BASE}${path}`,
    signal,
    agent: false,
    headers: {
      Host: address.kind === "unix" ? "localhost" : formatHostPort(address.host, address.port),
      Accept: "application/json, application/problem+json, text/event-stream",
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(text === undefined ? {} : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) }),
    },
  };
  return new Promise((resolve, reject) => {
    const asked = request(options, resolve);
    asked.on("error", reject);
    asked.end(text);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let byteCount = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    byteCount += chunk.length;
    if (byteCount > MOST_BYTES) throw new Error(`it answers with more than ${MOST_BYTES / 2 ** 20} MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function answerOf<Body>(response: IncomingMessage, text: string): Answer<Body> {
  const status = response.statusCode ?? 0;
  const type = response.headers["content-type"] ?? "";
  const body = type.includes("json") ? parsed(text) : undefined;
  if (status >= 200 && status < 300) {
    if (text === "") return { kind: "answer", status, body: null as Body };
    return body === undefined ? NOT_OURS : { kind: "answer", status, body: body as Body };
  }
  if (!isProblem(body)) {
    if (type.includes("problem+json") || status === 0) return NOT_OURS;
    return { kind: "unreachable", reason: `it answers ${status}, and not as the admin address of lb-tcp does` };
  }
  return { kind: "refused", status, problem: body };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isProblem(body: unknown): body is ProblemAnswer {
  if (typeof body !== "object" || body === null || !("title" in body) || !("detail" in body)) return false;
  const hasList = !("problems" in body) || Array.isArray(body.problems);
  return typeof body.title === "string" && typeof body.detail === "string" && hasList;
}

function reasonOf(error: unknown): string {
  const code = systemCode(firstOf(error)) ?? "";
  switch (code) {
    case "ECONNREFUSED":
      return "nobody listens there";
    case "ENOENT":
      return "there is no such socket";
    case "EACCES":
      return "permission denied; ask as the user that lb-tcp runs as";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "its name does not resolve";
    case "ECONNRESET":
    case "EPIPE":
      return "it closed the connection without an answer";
    case "ABORT_ERR":
      return "nobody waits for its answer any more";
    default:
      return code.startsWith("HPE_") ? NOT_OURS.reason : messageOf(error);
  }
}

/** A name with several addresses fails with a list of reasons. */
function firstOf(error: unknown): unknown {
  return error instanceof AggregateError ? error.errors[0] : error;
}
