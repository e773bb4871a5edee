// What is answered, as a value: handlers make it, `exchange.ts` writes it.

import type { ServerResponse } from "node:http";
import { LbError, messageOf, type Problem } from "../errors.ts";
import type { ProblemAnswer } from "./answers.ts";

export type Headers = Readonly<Record<string, string>>;

export type Reply =
  | { readonly kind: "bytes"; readonly status: number; readonly headers: Headers; readonly bytes: string | Uint8Array }
  | { readonly kind: "empty"; readonly status: number; readonly headers: Headers }
  /** Takes the response over, and has to end it. */
  | { readonly kind: "stream"; readonly headers: Headers; open(response: ServerResponse): void };

export const JSON_TYPE = "application/json";
export const PROBLEM_TYPE = "application/problem+json";

export function json(body: unknown, status = 200, headers: Headers = {}): Reply {
  return bytes(`${JSON.stringify(body)}\n`, JSON_TYPE, status, headers);
}

export function text(body: string, status = 200): Reply {
  return bytes(body, "text/plain; charset=utf-8", status);
}

export function bytes(body: string | Uint8Array, type: string, status = 200, headers: Headers = {}): Reply {
  return { kind: "bytes", status, headers: { "content-type": type, ...headers }, bytes: body };
}

export function empty(headers: Headers = {}): Reply {
  return { kind: "empty", status: 204, headers };
}

export interface ProblemMore {
  readonly headers?: Headers;
  readonly problems?: readonly Problem[];
}

/** @param detail what was found, what was expected, and what to do. */
export function problem(status: number, detail: string, { headers = {}, problems }: ProblemMore = {}): Reply {
  const body: ProblemAnswer = {
    type: "about:blank",
    title: titles[status] ?? "Error",
    status,
    detail,
    ...(problems === undefined ? {} : { problems }),
  };
  return bytes(`${JSON.stringify(body)}\n`, PROBLEM_TYPE, status, headers);
}

/** RFC 9110; with `about:blank` the title is the status's own (RFC 9457, 4.2.1). */
const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  417: "Expectation Failed",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
};

/** What the control plane has thrown. */
export function problemOf(error: unknown): Reply {
  if (!(error instanceof LbError)) return problem(500, `internal error: ${messageOf(error)}; please report it`);
  const { problems } = error.details;
  return problem(statusOf(error), error.message, problems === undefined ? {} : { problems });
}

function statusOf({ code }: LbError): number {
  switch (code) {
    case "LB_CONFIG":
    case "LB_ADDRESS_IN_USE":
    case "LB_PRIVILEGE":
    case "LB_ADDRESS_UNKNOWN":
    case "LB_LISTEN":
    case "LB_LOG_OUTPUT":
    case "LB_TRANSPORT":
    case "LB_ADMIN_TOKEN":
      return 422;
    case "LB_UNKNOWN_POOL":
    case "LB_UNKNOWN_BACKEND":
      return 404;
    case "LB_DUPLICATE_BACKEND":
    case "LB_TOO_MANY_BACKENDS":
    case "LB_CLOSED":
      return 409;
    case "LB_WORKER":
      return 503;
  }
}
