// What a listener makes of its clients before a backend is picked, compiled once for all of them.

import type { Random } from "../clock.ts";
import { pathOf } from "../route/path.ts";
import type { Peeked } from "../route/peeked.ts";
import { createRouter, type Router } from "../route/router.ts";
import type { Rejection } from "../route/rule.ts";
import type { Connection } from "../transport/transport.ts";
import { parseIpPort } from "../wire/address.ts";
import { type CidrSet, cidrSet } from "../wire/cidr-set.ts";
import type { Forwarding } from "../wire/forwarded.ts";
import type { Http1Head } from "../wire/http1-head.ts";
import type { ListenerSnapshot } from "./context.ts";
import type { EndReason } from "./end.ts";
import type { Entrance } from "./entrance.ts";
import type { Visitor } from "./visitor.ts";

/** Where a client goes, or how it is turned away. */
export type Choice = { readonly kind: "pool"; readonly pool: string } | Rejecting;

export interface Rejecting {
  readonly kind: "rejection";
  readonly how: Rejection;
  readonly end: EndReason;
  readonly error: string | null;
}

const NO_ROUTE: Rejecting = { kind: "rejection", how: 404, end: "no-route", error: null };

/** What two servers may read differently in a request, if anything. */
export function flawOf(head: Http1Head): string | undefined {
  const [shape] = head.shapes;
  if (shape !== undefined) return shape;
  const path = pathOf(head);
  return path.kind === "unclear" ? path.reason : undefined;
}

function badRequest(flaw: string): Rejecting {
  return { kind: "rejection", how: 400, end: "bad-request", error: flaw };
}

function rejecting(how: Rejection): Rejecting {
  return { kind: "rejection", how, end: "denied", error: "a route rejects it" };
}

function isSilentRejection(route: ListenerSnapshot["routes"][number]): boolean {
  return typeof route !== "function" && route.target.kind === "reject" && typeof route.target.how === "string";
}

export class Reception {
  readonly listener: ListenerSnapshot;
  /** Whom it lets in. */
  readonly entrance: Entrance;
  /** The pool of every client, where nothing is asked of them. */
  readonly plainPool: string | undefined;
  /** Whether the same client is always sent the same way, but for chance: no route is a function. */
  readonly isSteady: boolean;
  readonly #router: Router | undefined;
  /** Whether a route turns clients away without a word. */
  readonly #hasSilentRejections: boolean;
  /** Where no route matches. */
  readonly #otherwise: Choice;
  readonly #proxies: CidrSet | undefined;
  readonly #forwarders: CidrSet | undefined;

  constructor(listener: ListenerSnapshot, random: Random, entrance: Entrance) {
    const { acceptProxy, dial, forwarded, peek, pool, routes } = listener;
    const isPlain = acceptProxy === undefined && peek === undefined && routes.length === 0 && dial === "immediate";
    this.listener = listener;
    this.entrance = entrance;
    this.plainPool = isPlain ? pool : undefined;
    this.isSteady = routes.every((route) => typeof route !== "function");
    this.#router = routes.length === 0 ? undefined : createRouter(routes, random);
    this.#hasSilentRejections = routes.some(isSilentRejection);
    this.#otherwise = pool === undefined ? NO_ROUTE : { kind: "pool", pool };
    this.#proxies = acceptProxy === undefined ? undefined : cidrSet(acceptProxy.from);
    this.#forwarders = forwarded.trust.length === 0 ? undefined : cidrSet(forwarded.trust);
  }

  /** Whether somebody with that IP is trusted to name clients. */
  isProxy(ip: string): boolean {
    return this.#proxies?.has(ip) ?? false;
  }

  /** How a backend is told about the client of a request. */
  forwardingOf(visitor: Visitor, { localAddress }: Pick<Connection, "localAddress">): Forwarding {
    const { headers } = this.listener.forwarded;
    return {
      headers,
      clientIp: visitor.ip,
      // Nobody else needs it.
      localIp: headers === "forwarded" ? parseIpPort(localAddress)?.ip : undefined,
      proto: "http",
      isTrusted: this.#forwarders?.has(visitor.ip) ?? false,
    };
  }

  /** How a client is turned away by who it is, whatever it will speak; undefined where that has to be seen. */
  rejectUnseen(visitor: Visitor): Rejecting | undefined {
    if (!this.#hasSilentRejections && this.listener.peek !== undefined) return undefined;
    const decision = this.#router?.decideEarly(visitor.shownAs("silent"), "client");
    if (decision === undefined || decision === "undecided" || decision.kind === "pool") return undefined;
    // HTTP is told the status.
    return typeof decision.how === "number" && this.listener.peek !== undefined ? undefined : rejecting(decision.how);
  }

  /** Where a client goes, once it has been seen. */
  choose(visitor: Visitor): Choice {
    const { sight, flaw } = visitor;
    if (flaw !== undefined) {
      if (this.listener.peek?.strict === true) return badRequest(flaw);
      // Servers would not agree on what it asks for: no route is to be got round by that.
      if (sight?.http !== undefined && sight.http.shapes.length > 0) return this.#otherwise;
    }
    return this.#decide(visitor.shownAs(visitor.sight?.protocol ?? "other"));
  }

  /** Where a client goes if it stays silent; undefined where it is turned away then, or where only a function can tell. */
  poolOfSilent(visitor: Visitor): string | undefined {
    if (!this.isSteady) return this.listener.pool;
    const choice = this.#decide(visitor.shownAs("silent"));
    return choice.kind === "pool" ? choice.pool : undefined;
  }

  #decide(peeked: Peeked): Choice {
    const target = this.#router?.decide(peeked);
    if (target === undefined) return this.#otherwise;
    if (target.kind === "pool") return target;
    return rejecting(target.how);
  }
}
