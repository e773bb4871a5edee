// Addresses as people write them, and what they meant where they wrote something else.

import { isIPv6 } from "node:net";
import { type Address, ANY_HOST, plainIp } from "../wire/address.ts";
import { hostProblem } from "../wire/host.ts";
import type { Parsed } from "../wire/parsed.ts";
import { quote } from "../wire/quote.ts";

export type AddressPurpose = "listen" | "dial";

// sockaddr_un.sun_path holds 108 bytes, one of them the NUL at the end (unix(7)).
const LONGEST_UNIX_PATH_BYTES = 107;

const UNIX = "unix:";
const SCHEME = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is;
const BRACKETED = /^\[([^[\]]*)\](?::(.*))?$/s;
const WITHOUT_PORT = /^(?:\[[^\]]*\]|[^:]*)$/;
const PORT = /^(?:0|[1-9]\d{0,4})$/;
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

const FORMS: Readonly<Record<AddressPurpose, string>> = {
  listen: "80, :80, host:80, [::1]:80 or unix:/path",
  dial: "host:80, 10.0.0.1:80, [::1]:80 or unix:/path",
};

/** To listen on: also a port alone, and port 0. To dial: also `http://host:port` and `tcp://host:port`. */
export function parseAddress(text: string, { purpose }: { readonly purpose: AddressPurpose }): Parsed<Address> {
  if (text.startsWith(UNIX)) return parseUnix(text, purpose);
  const [, scheme, authority, path] = SCHEME.exec(text) ?? [];
  if (scheme === undefined || authority === undefined || path === undefined) return parseHostPort(text, purpose);
  if (purpose === "dial") return parseUrl(text, scheme.toLowerCase(), authority, path);
  return { problem: `${quote(text)} is a URL, but a listener has an address; write one such as ${FORMS.listen}` };
}

function parseUnix(text: string, purpose: AddressPurpose): Parsed<Address> {
  // unix:///run/x is how curl and Docker write it.
  const path = text.slice(UNIX.length).replace(/^\/+/, "/");
  if (path === "" || path === "/") return { problem: `${quote(text)} has no path; write unix:/path` };
  if (path.startsWith("@")) return { problem: `${quote(text)} is an abstract socket, expected a path: unix:/path` };
  if (!path.startsWith("/")) {
    return { problem: `${quote(text)} has no absolute path; ${propose(`unix:/${path}`, purpose)}` };
  }
  if (UNPRINTABLE.test(path)) return { problem: `${quote(text)} holds a control character; write unix:/path` };
  const bytes = Buffer.byteLength(path);
  if (bytes > LONGEST_UNIX_PATH_BYTES) {
    return { problem: `${quote(text)} has a path of ${bytes} bytes, expected at most ${LONGEST_UNIX_PATH_BYTES}` };
  }
  return { value: { kind: "unix", path } };
}

function parseUrl(text: string, scheme: string, authority: string, path: string): Parsed<Address> {
  const withoutPort = WITHOUT_PORT.test(authority);
  if (scheme === "https") {
    const passthrough = propose(withoutPort ? `${authority}:443` : authority, "dial");
    return { problem: `${quote(text)}: TLS to backends is not available yet; for passthrough ${passthrough}` };
  }
  if (scheme !== "http" && scheme !== "tcp") {
    return { problem: `${quote(text)} is no http:// or tcp:// URL; ${propose(authority, "dial")}` };
  }
  if (path !== "" && path !== "/") {
    const bare = propose(`${scheme}://${authority}`, "dial");
    return { problem: `${quote(text)} has a path, but a backend is an address and no more; ${bare}` };
  }
  return parseHostPort(scheme === "http" && withoutPort ? `${authority}:80` : authority, "dial");
}

function parseHostPort(text: string, purpose: AddressPurpose): Parsed<Address> {
  if (text.startsWith("[")) return parseBracketed(text, purpose);
  const colon = text.lastIndexOf(":");
  const host = text.slice(0, Math.max(colon, 0));
  const port = text.slice(colon + 1);
  if (colon === -1 && !PORT.test(port)) return { problem: withoutPort(text, purpose) };
  if (host.includes(":")) return { problem: unbracketed(text, host, port, purpose) };
  if (host === "*" && purpose === "listen") {
    return {
      problem: `${quote(text)} has a *, where nothing stands for every address; ${propose(`:${port}`, purpose)}`,
    };
  }
  if (host !== "" || purpose === "listen") return parsePort(host, port, text, purpose);
  return { problem: `${quote(text)} has no host, and a backend needs one; ${propose(`localhost:${port}`, purpose)}` };
}

function parseBracketed(text: string, purpose: AddressPurpose): Parsed<Address> {
  const [, ip, port] = BRACKETED.exec(text) ?? [];
  if (ip === undefined) return { problem: `${quote(text)} is not an address; write one such as ${FORMS[purpose]}` };
  if (!isIPv6(ip)) {
    return {
      problem: `${quote(text)} has no IPv6 address in its brackets; ${propose(`${ip}:${port ?? "80"}`, purpose)}`,
    };
  }
  if (port === undefined) return { problem: `${quote(text)} has no port; ${propose(`[${ip}]:80`, purpose)}` };
  return parsePort(ip, port, text, purpose);
}

function parsePort(host: string, portText: string, text: string, purpose: AddressPurpose): Parsed<Address> {
  const wrongHost = host === ANY_HOST ? undefined : hostProblem(host);
  if (wrongHost !== undefined) return { problem: wrongHost };
  const lowest = purpose === "listen" ? 0 : 1;
  const port = PORT.test(portText) ? Number(portText) : Number.NaN;
  if (port >= lowest && port <= 65_535) return { value: { kind: "tcp", host: plainIp(host), port } };
  const zero = port === 0 ? ", which only a listener can have" : "";
  return { problem: `${quote(text)} has the port ${quote(portText)}${zero}; expected ${lowest} to 65535` };
}

function withoutPort(text: string, purpose: AddressPurpose): string {
  if (text === "" || hostProblem(text) !== undefined) {
    return `${quote(text)} is not an address; write one such as ${FORMS[purpose]}`;
  }
  return `${quote(text)} has no port; ${propose(`${text}:80`, purpose)}`;
}

/** More than one colon outside of brackets: IPv6, of which nobody can say where the port begins. */
function unbracketed(text: string, head: string, tail: string, purpose: AddressPurpose): string {
  const meant = isIPv6(head) && PORT.test(tail) ? `[${head}]:${tail}` : `[${text}]:80`;
  if (isIPv6(head) || isIPv6(text)) {
    return `${quote(text)} is an IPv6 address without brackets; ${propose(meant, purpose)}`;
  }
  return `${quote(text)} is not an address; write one such as ${FORMS[purpose]}`;
}

/** Only what would be accepted is proposed; that also keeps line ends and the like out of messages. */
function propose(candidate: string, purpose: AddressPurpose): string {
  return "value" in parseAddress(candidate, { purpose }) ? `write ${candidate}` : `write one such as ${FORMS[purpose]}`;
}
