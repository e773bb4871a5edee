// Routes as a user of the library writes them.

import type { Protocol } from "../route/peeked.ts";
import type { Rejection } from "../route/rule.ts";

/** One text, or several of which one is enough. */
export type OneOrMany<Value = string> = Value | readonly Value[];

/** All that are given hold. */
export interface RouteConditionOptions {
  /** `/api/*`, which also matches `/api`; or a whole path. */
  readonly path?: OneOrMany;
  /** A regular expression without backreferences, lookaround and nested quantifiers. */
  readonly pathRegex?: OneOrMany;
  /** `example.com`, or `*.example.com` for what is below it. */
  readonly host?: OneOrMany;
  readonly method?: OneOrMany;
  /** By name: the value, with `*` for any number of characters. */
  readonly header?: Readonly<Record<string, OneOrMany>>;
  /** As host, of a TLS client. */
  readonly sni?: OneOrMany;
  readonly alpn?: OneOrMany;
  readonly protocol?: OneOrMany<Protocol>;
  /** CIDRs or addresses. */
  readonly client?: OneOrMany;
  /** By type, `0xEA`, of a PROXY header's: the value, with `*` for any number of characters. */
  readonly tlv?: Readonly<Record<string, OneOrMany>>;
}

/** Conditions, and one of pool, split and reject. */
export interface RouteOptions extends RouteConditionOptions {
  /** Each key in it fails the route where it holds. */
  readonly not?: RouteConditionOptions;
  readonly pool?: string;
  /** Pools by their share. 0 to 1,000,000, one of them positive. */
  readonly split?: Readonly<Record<string, number>>;
  /** A status from 400 to 599, `"close"` or `"reset"`. */
  readonly reject?: Rejection;
}
