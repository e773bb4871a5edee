// A route as plain data: it can be written to a snapshot and sent to another thread. route.ts compiles it.

import type { Peeked, Protocol } from "./peeked.ts";

/** All that are given hold (AND); in a list one is enough (OR). */
export interface RouteConditions {
  /** `/api/*`, which also matches `/api`; or a whole path. */
  readonly path?: readonly string[];
  /** Sources of regular expressions that patterns.ts has found harmless. */
  readonly pathRegex?: readonly string[];
  /** `example.com`, or `*.example.com` for any number of labels. Lower case, no port, no trailing dot. */
  readonly host?: readonly string[];
  /** As written: methods are case-sensitive. */
  readonly method?: readonly string[];
  /** By lower-case name: the values, with `*` for any number of characters. */
  readonly header?: Readonly<Record<string, readonly string[]>>;
  /** As host. */
  readonly sni?: readonly string[];
  readonly alpn?: readonly string[];
  readonly protocol?: readonly Protocol[];
  /** CIDRs or addresses. */
  readonly client?: readonly string[];
  /** By the number of a type of a PROXY header's: the values as text, with `*` for any number of characters. */
  readonly tlv?: Readonly<Record<number, readonly string[]>>;
}

/** A status from 400 to 599 for HTTP, `close` (FIN) or `reset` (RST). What is not HTTP is closed where a status stands. */
export type Rejection = number | "close" | "reset";

export type RouteTarget =
  | { readonly kind: "pool"; readonly pool: string }
  /** In proportion to the weights, of which one is positive. */
  | { readonly kind: "split"; readonly parts: readonly { readonly pool: string; readonly weight: number }[] }
  | { readonly kind: "reject"; readonly how: Rejection };

/** The first rule whose conditions hold, and whose `not` does not, decides. */
export interface RouteRule {
  readonly when: RouteConditions;
  /** Each key in it fails the rule where it holds by itself. */
  readonly not: RouteConditions;
  readonly target: RouteTarget;
}

/**
 * A route of the user's own: names a pool or a rejection, or says nothing by undefined. Only where sessions are carried in
 * the caller's thread. It is called once a session, must not wait, and may keep nothing of what it is shown.
 */
export type RouteFunction = (peeked: Peeked) => { readonly pool: string } | { readonly reject: Rejection } | undefined;
