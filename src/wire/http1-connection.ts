// What of a head is meant for the next hop only: RFC 9110 §7.6.1 (Connection) and §7.8 (Upgrade).

import type { Http1Head } from "./http1-head.ts";

/** Of almost every head that has one: a set for all of them. */
const USUAL_OPTIONS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  ["keep-alive", "Keep-Alive", "close"].map((value) => [value, new Set([value.toLowerCase()])]),
);
const NO_OPTIONS: ReadonlySet<string> = new Set();

/** What Connection names, in lower case. */
export function connectionOptionsOf(head: Http1Head): ReadonlySet<string> {
  let value: string | undefined;
  for (const header of head.headers) {
    if (header.name !== "connection") continue;
    value = value === undefined ? header.value : `${value},${header.value}`;
  }
  if (value === undefined) return NO_OPTIONS;
  return USUAL_OPTIONS.get(value) ?? new Set(membersOf(value).map((option) => option.toLowerCase()));
}

/**
 * The protocols that a request would change its connection to, as Upgrade is to be sent on; undefined where it asks for none.
 * Never h2c: behind it a client could send any request to the backend, and no route would see it. A server may always
 * ignore an Upgrade, and has to in HTTP/1.0.
 */
export function upgradeOf(head: Http1Head): string | undefined {
  if (head.version === "1.0" || head.method === "CONNECT" || !has(head, "upgrade")) return undefined;
  if (!connectionOptionsOf(head).has("upgrade")) return undefined;
  const protocols = listOf(head, "upgrade").filter((protocol) => !/^h2c?(\/|$)/i.test(protocol));
  return protocols.length === 0 ? undefined : protocols.join(", ");
}

function has(head: Http1Head, name: string): boolean {
  for (const header of head.headers) if (header.name === name) return true;
  return false;
}

/** The members of a list header (RFC 9110 §5.6.1), over all its lines. */
export function listOf(head: Http1Head, name: string): string[] {
  const members: string[] = [];
  for (const header of head.headers) {
    if (header.name === name) members.push(...membersOf(header.value));
  }
  return members;
}

function membersOf(list: string): string[] {
  return list
    .split(",")
    .map((member) => member.trim())
    .filter((member) => member !== "");
}
