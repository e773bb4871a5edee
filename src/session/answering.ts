// How a client is turned away: in its own protocol where that is HTTP, and without a byte where it is not. Pure.

import type { Protocol } from "../route/peeked.ts";
import type { Rejection } from "../route/rule.ts";
import { http1Answer } from "../wire/http1-answer.ts";
import type { EndReason } from "./end.ts";
import type { Visitor } from "./visitor.ts";

const NO_BYTES: Uint8Array = new Uint8Array(0);
/** A backend that is down is probed every second, one that is full is never so for long. */
const RETRY_AFTER_SECONDS = 5;

/** What a reader of the answer is told. */
const REASONS: Readonly<Partial<Record<EndReason, string>>> = {
  "no-backend": "no backend can take the request",
  "dial-failed": "no backend could be reached",
  "local-resource": "the load balancer is short of a resource",
  "queue-full": "too many requests are waiting",
  "queue-timeout": "every backend was busy for too long",
  "bad-request": "the request is ambiguous",
  "no-route": "no route leads anywhere from here",
};

/** What of a rejection fits what the client speaks: never an HTTP answer to what is not HTTP. */
export function farewellOf(how: Rejection, protocol: Protocol | undefined): Rejection {
  return typeof how === "number" && protocol !== "http" ? "close" : how;
}

/** How a client is told that no backend serves it. */
export function unservedFarewell(protocol: Protocol | undefined): Rejection {
  if (protocol === "http") return 503;
  return protocol === "h2" ? "close" : "reset";
}

/** The last words to a client. */
export function lastWords(farewell: number | "close", end: EndReason, visitor: Visitor | undefined): Uint8Array {
  if (farewell === "close") return NO_BYTES;
  return http1Answer(farewell, {
    reason: REASONS[end],
    retryAfterSeconds: farewell === 503 ? RETRY_AFTER_SECONDS : undefined,
    isHead: visitor?.sight?.http?.method === "HEAD",
  });
}
