// Who may do what. Reading is free where only this machine, or this user, gets there; changing takes the token, but on a
// unix socket, whose file says who may come.

import type { IncomingHttpHeaders } from "node:http";
import type { AdminConfig } from "../config/admin-schema.ts";
import type { Actor } from "./call.ts";
import type { Logins } from "./logins.ts";
import type { Access } from "./operations.ts";
import { problem, type Reply } from "./reply.ts";
import { isForeign, isOurHost, isOwnPage } from "./site.ts";
import type { Throttle } from "./throttle.ts";
import type { TokenFile } from "./token.ts";

/** Where a request came in. */
export type Entrance =
  | { readonly kind: "unix" }
  | { readonly kind: "tcp"; readonly isLoopback: boolean; readonly clientIp: string };

export type Verdict =
  | { readonly kind: "granted"; readonly actor: Actor | null }
  | { readonly kind: "refused"; readonly reply: Reply };

export interface AuthorityParts {
  readonly config: AdminConfig;
  readonly token: TokenFile | undefined;
  readonly logins: Logins;
  readonly throttle: Throttle;
}

/** What whoever asks is allowed, whatever they ask for. */
export interface Rights {
  readonly actor: Actor | null;
  readonly mayRead: boolean;
  readonly mayChange: boolean;
}

const BEARER = /^Bearer +(\S+) *$/i;

export class Authority {
  readonly #parts: AuthorityParts;

  constructor(parts: AuthorityParts) {
    this.#parts = parts;
  }

  decide(access: Access, entrance: Entrance, headers: IncomingHttpHeaders): Verdict {
    // Whoever checks whether it lives has neither a name for it nor a secret.
    if (access === "open") return { kind: "granted", actor: null };
    const away = this.#turnedAway(entrance, headers);
    if (away !== undefined) return { kind: "refused", reply: away };
    const shown = this.#shown(entrance, headers);
    if (typeof shown === "object" && shown !== null) return { kind: "refused", reply: shown };
    switch (access) {
      case "login":
        return { kind: "granted", actor: shown };
      case "metrics":
        if (this.#parts.config.metrics === "open") return { kind: "granted", actor: shown };
        return this.#reading(entrance, shown, true);
      case "read":
        return this.#reading(entrance, shown, false);
      case "change":
        return this.#changing(shown, headers);
    }
  }

  /** The rights of whoever asks, without a refusal. */
  rights(entrance: Entrance, headers: IncomingHttpHeaders): Rights {
    const shown = this.#turnedAway(entrance, headers) === undefined ? this.#shown(entrance, headers) : null;
    const actor = typeof shown === "string" ? shown : null;
    const isReader = entrance.kind === "unix" || entrance.isLoopback || actor !== null;
    return { actor, mayRead: isReader, mayChange: actor !== null && this.#changing(actor, headers).kind === "granted" };
  }

  /** A token that somebody has typed. @returns what is to be set as a cookie, or what is answered. */
  logIn(entrance: Entrance, candidate: string): { readonly cookie: string } | Reply {
    const { logins, token } = this.#parts;
    if (token === undefined) return this.#unauthorized(NO_TOKEN_FILE);
    const wrong = this.#wrong(entrance, token, candidate);
    return wrong ?? { cookie: logins.begin(token.fingerprint ?? "") };
  }

  #reading(entrance: Entrance, actor: Actor | null, isStrict: boolean): Verdict {
    const isFree = entrance.kind === "unix" || (entrance.isLoopback && !isStrict);
    if (isFree || actor !== null) return { kind: "granted", actor };
    const detail =
      this.#parts.token === undefined ? NO_TOKEN_FILE : "the token is needed; send Authorization: Bearer TOKEN";
    return { kind: "refused", reply: this.#unauthorized(detail) };
  }

  #changing(actor: Actor | null, headers: IncomingHttpHeaders): Verdict {
    if (actor === null) {
      const detail =
        this.#parts.token === undefined ? NO_TOKEN_FILE : "to change something, send Authorization: Bearer TOKEN";
      return { kind: "refused", reply: this.#unauthorized(detail) };
    }
    if (actor !== "dashboard") return { kind: "granted", actor };
    if (this.#parts.config.dashboard !== "read-write") {
      return { kind: "refused", reply: problem(403, "the dashboard is read-only here; use the token") };
    }
    // A cookie comes along with whatever a page of anybody else's sends here.
    if (isOwnPage(headers)) return { kind: "granted", actor };
    const detail =
      "a login changes something only from the dashboard itself; elsewhere, send Authorization: Bearer TOKEN";
    return { kind: "refused", reply: problem(403, detail) };
  }

  #turnedAway(entrance: Entrance, headers: IncomingHttpHeaders): Reply | undefined {
    if (entrance.kind === "unix") return undefined;
    if (isForeign(headers))
      return problem(403, "a page of another site has sent this; only programs and the dashboard may");
    // Whoever shows a token is no page that has taken our address for its own.
    if (headers.authorization !== undefined || isOurHost(headers.host, this.#parts.config.listen)) return undefined;
    const detail =
      "this is not under that name; ask by IP address, localhost or a name without dots, or write the name in admin.listen";
    return problem(421, detail);
  }

  /** Who has come, by what they show; null for nothing. */
  #shown(entrance: Entrance, { authorization, cookie }: IncomingHttpHeaders): Actor | null | Reply {
    if (entrance.kind === "unix") return "unix";
    const { logins, token } = this.#parts;
    if (authorization !== undefined) {
      const [, candidate] = BEARER.exec(authorization) ?? [];
      if (candidate === undefined) return this.#unauthorized("expected Authorization: Bearer TOKEN");
      if (token === undefined) return this.#unauthorized(NO_TOKEN_FILE);
      return this.#wrong(entrance, token, candidate) ?? "token";
    }
    if (token === undefined || cookie === undefined) return null;
    return logins.isGood(cookie, token.fingerprint) ? "dashboard" : null;
  }

  /** Undefined where it is right. */
  #wrong(entrance: Entrance, token: TokenFile, candidate: string): Reply | undefined {
    const { throttle } = this.#parts;
    const ip = entrance.kind === "unix" ? "" : entrance.clientIp;
    const waitMs = throttle.waitMs(ip);
    if (waitMs > 0) {
      const seconds = Math.ceil(waitMs / 1_000);
      const detail = `too many wrong tokens from this address; try again in ${seconds} s`;
      return problem(429, detail, { headers: { "retry-after": String(seconds) } });
    }
    if (token.accepts(candidate)) {
      throttle.right(ip);
      return undefined;
    }
    throttle.wrong(ip);
    return this.#unauthorized("that is not the token, or its file can't be read any more");
  }

  #unauthorized(detail: string): Reply {
    return problem(401, detail, { headers: { "www-authenticate": 'Bearer realm="lb-tcp"' } });
  }
}

const NO_TOKEN_FILE =
  "this takes a token, and there is no token file; start lb-tcp with --admin-token-file, or use a unix socket";
