// The headers that tell a backend who the client is: X-Forwarded-*, and Forwarded (RFC 7239).

import { isIPv6 } from "node:net";
import { plainIp } from "./address.ts";
import { listOf } from "./http1-connection.ts";
import type { Http1Head, Http1Header } from "./http1-head.ts";

export interface Forwarding {
  readonly headers: "x-forwarded" | "forwarded" | "off";
  /** The IP that counts as the client's; empty where it has none (a unix socket). */
  readonly clientIp: string;
  /** The IP that it connected to; for Forwarded's `by`, which is left out without it. */
  readonly localIp?: string | undefined;
  /** How it speaks HTTP. */
  readonly proto: "http" | "https";
  /** Whether the client is a proxy whose headers are kept and appended to. Anybody else's are replaced. */
  readonly isTrusted: boolean;
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * Whether a header of the client's, by its lower-case name, does not go on. An underscore counts as a hyphen: to WSGI and CGI
 * they are the same.
 */
export function isForwardingReplaced(name: string, { headers, isTrusted }: Forwarding): boolean {
  // Most headers are none of these.
  if (headers === "off" || !(name.startsWith("x") || name.startsWith("f"))) return false;
  const plain = name.replaceAll("_", "-");
  if (!isTrusted) return plain === "forwarded" || plain === "x-real-ip" || plain.startsWith("x-forwarded-");
  // What is appended to is written anew, as one line.
  return headers === "forwarded" ? plain === "forwarded" : plain === "x-forwarded-for";
}

/** What is added to a head from which those that are replaced have gone. */
export function forwardingHeaders(head: Http1Head, forwarding: Forwarding): Http1Header[] {
  switch (forwarding.headers) {
    case "off":
      return [];
    case "forwarded": {
      const elements = forwarding.isTrusted ? valuesOf(head, "forwarded") : [];
      return [{ name: "Forwarded", value: [...elements, elementOf(head, forwarding)].join(", ") }];
    }
    case "x-forwarded":
      return xForwardedHeaders(head, forwarding);
  }
}

function xForwardedHeaders(head: Http1Head, { clientIp, proto, isTrusted }: Forwarding): Http1Header[] {
  const addresses = isTrusted ? listOf(head, "x-forwarded-for") : [];
  if (clientIp !== "") addresses.push(plainIp(clientIp));
  const headers: Http1Header[] = [];
  const has = (name: string): boolean => isTrusted && head.headers.some((header) => header.name === name);
  if (addresses.length > 0) headers.push({ name: "X-Forwarded-For", value: addresses.join(", ") });
  if (!has("x-forwarded-proto")) headers.push({ name: "X-Forwarded-Proto", value: proto });
  const host = writtenHost(head);
  if (host !== "" && !has("x-forwarded-host")) headers.push({ name: "X-Forwarded-Host", value: host });
  return headers;
}

function elementOf(head: Http1Head, { clientIp, localIp, proto }: Forwarding): string {
  const host = writtenHost(head);
  const pairs = [`for=${clientIp === "" ? "unknown" : nodeOf(clientIp)}`];
  if (host !== "") pairs.push(`host=${quoted(host)}`);
  pairs.push(`proto=${proto}`);
  if (localIp !== undefined && localIp !== "") pairs.push(`by=${nodeOf(localIp)}`);
  return pairs.join(";");
}

/** As the client wrote it, with the port. */
function writtenHost(head: Http1Head): string {
  return head.headers.find(({ name }) => name === "host")?.value ?? head.host ?? "";
}

function valuesOf(head: Http1Head, name: string): string[] {
  return head.headers.filter((header) => header.name === name && header.value !== "").map(({ value }) => value);
}

/** An address as RFC 7239 §6 writes it: IPv6 in brackets and quotes, without its zone. */
function nodeOf(ip: string): string {
  const [plain = ""] = plainIp(ip).split("%");
  return isIPv6(plain) ? `"[${plain}]"` : plain;
}

function quoted(text: string): string {
  return TOKEN.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
}
