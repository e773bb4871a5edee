// By which name a request came, and from which site: what keeps pages of others out of a browser that may come here.

import { isIP } from "node:net";
import type { Address } from "../wire/address.ts";

/** Names that nobody can register: no page of the internet is ever under them (RFC 6761, RFC 9476; cluster.local). */
const PRIVATE = /(?:^|\.)(?:localhost|internal|svc|cluster\.local)$/;

/**
 * Whether a Host header names this place. A page that has its own name resolve to our address (DNS rebinding) is of that
 * name; an IP, a name without dots or one of a private domain can't be its name.
 */
export function isOurHost(header: string | undefined, listen: readonly Address[]): boolean {
  const host = hostOf(header);
  if (host === undefined) return false;
  if (isIP(host) !== 0 || !host.includes(".") || PRIVATE.test(host)) return true;
  return listen.some((address) => address.kind === "tcp" && address.host.toLowerCase() === host);
}

/** Without its port and brackets, in lower case; undefined for what is none. */
function hostOf(header: string | undefined): string | undefined {
  const [, bracketed, plain] = /^(?:\[([0-9a-f:.]+)\]|([^:/?#@[\]\s]+))(?::\d{1,5})?$/i.exec(header ?? "") ?? [];
  return (bracketed ?? plain)?.toLowerCase().replace(/\.$/, "");
}

/** What a browser says of where a request comes from. */
export interface SiteHeaders {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly "sec-fetch-site"?: string | string[] | undefined;
}

/** Whether the request is of a page that is not ours. Programs say nothing of that. */
export function isForeign({ host, origin, "sec-fetch-site": site }: SiteHeaders): boolean {
  if (typeof site === "string" && site !== "same-origin" && site !== "none") return true;
  return origin !== undefined && !isOrigin(origin, host);
}

/** Whether a page of ours has sent it, for certain: what a cookie alone must not decide. */
export function isOwnPage(headers: SiteHeaders): boolean {
  const { origin, "sec-fetch-site": site } = headers;
  return !isForeign(headers) && (origin !== undefined || site === "same-origin");
}

function isOrigin(origin: string, host: string | undefined): boolean {
  return host !== undefined && [`http://${host}`, `https://${host}`].includes(origin.toLowerCase());
}
