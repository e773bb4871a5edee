// Who has logged in to the dashboard: a cookie stands for the token, for a while.

import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "../clock.ts";

const COOKIE = "lb_tcp_login";
const LONGEST_MS: number = 12 * 3_600_000;
const LONGEST_IDLE_MS: number = 3_600_000;
/** The one that was used last the longest ago gives way. */
const MOST_LOGINS = 64;

interface Login {
  readonly sinceMs: number;
  usedMs: number;
  /** Of the token that was shown: with another one, it ends. */
  readonly token: string;
}

/** Logins, bounded. Only hashes of cookies are kept. */
export class Logins {
  readonly #clock: Clock;
  readonly #logins = new Map<string, Login>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param token the fingerprint of the token that was shown. @returns what is sent as Set-Cookie. */
  begin(token: string): string {
    const secret = randomBytes(32).toString("base64url");
    const nowMs = this.#clock.nowMs();
    const [oldest] = this.#logins.keys();
    if (this.#logins.size >= MOST_LOGINS && oldest !== undefined) this.#logins.delete(oldest);
    this.#logins.set(keyOf(secret), { sinceMs: nowMs, usedMs: nowMs, token });
    return cookie(secret, LONGEST_MS / 1_000);
  }

  /** Whether a Cookie header holds a login that is good. @param token as it is now. */
  isGood(header: string | undefined, token: string | undefined): boolean {
    const nowMs = this.#clock.nowMs();
    for (const secret of secretsIn(header)) {
      const key = keyOf(secret);
      const login = this.#logins.get(key);
      if (login === undefined) continue;
      this.#logins.delete(key);
      const isOld = nowMs - login.sinceMs >= LONGEST_MS || nowMs - login.usedMs >= LONGEST_IDLE_MS;
      if (isOld || login.token !== token) continue;
      login.usedMs = nowMs;
      this.#logins.set(key, login);
      return true;
    }
    return false;
  }

  /** @returns what is sent as Set-Cookie. */
  end(header: string | undefined): string {
    for (const secret of secretsIn(header)) this.#logins.delete(keyOf(secret));
    return cookie("", 0);
  }
}

function cookie(value: string, maxAgeSeconds: number): string {
  return `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}`;
}

/** Cookies of other ports of the host come along; there may be several of one name. */
function secretsIn(header: string | undefined): readonly string[] {
  return (header ?? "")
    .split(";")
    .slice(0, MOST_LOGINS)
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${COOKIE}=`))
    .map((part) => part.slice(COOKIE.length + 1))
    .filter((value) => value !== "");
}

/** A table of hashes tells nothing by the time that a look into it takes. */
function keyOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
