// The target of an HTTP/1 request (RFC 9112 §3.2) and the authority in it or in Host (RFC 9110 §7.2).

export type TargetForm = "origin" | "absolute" | "authority" | "asterisk";

export interface Authority {
  /** Lower case, without port and trailing dot; IPv6 in its brackets. Empty where none is named. */
  readonly host: string;
  /** As written; empty where none is. */
  readonly port: string;
}

export interface Target {
  readonly form: TargetForm;
  /** Without the query; empty where the form has none. */
  readonly path: string;
  /** Of the absolute and the authority form. */
  readonly authority: Authority | undefined;
  /** The port that the scheme stands for; empty where there is no scheme or it is not known. */
  readonly defaultPort: string;
}

const ABSOLUTE = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?]*)([^?]*)/;
const AUTHORITY = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(?::[0-9]{0,5})?$/;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: "80", https: "443", ws: "80", wss: "443" };

/** What a target is, or undefined when it is not a valid one for the method. */
export function parseTarget(method: string, target: string): Target | undefined {
  // A fragment is not sent; servers disagree on what it would mean.
  if (target.includes("#")) return undefined;
  if (method === "CONNECT") {
    const authority = parseAuthority(target);
    if (authority === undefined || authority.host === "" || authority.port === "") return undefined;
    return { form: "authority", path: "", authority, defaultPort: "" };
  }
  if (target.startsWith("/")) {
    const query = target.indexOf("?");
    return {
      form: "origin",
      path: query < 0 ? target : target.slice(0, query),
      authority: undefined,
      defaultPort: "",
    };
  }
  if (target === "*") {
    return method === "OPTIONS" ? { form: "asterisk", path: "", authority: undefined, defaultPort: "" } : undefined;
  }
  return parseAbsolute(target);
}

function parseAbsolute(target: string): Target | undefined {
  const [, scheme, written, path] = ABSOLUTE.exec(target) ?? [];
  if (scheme === undefined || written === undefined || path === undefined) return undefined;
  // User information before an @ is refused with it: it hides the host (RFC 9110 §4.2.4).
  const authority = parseAuthority(written);
  if (authority === undefined || authority.host === "") return undefined;
  const defaultPort = DEFAULT_PORTS[scheme.toLowerCase()] ?? "";
  return { form: "absolute", path: path === "" ? "/" : path, authority, defaultPort };
}

/** `host`, `host:port`, `[ip]:port`; undefined when it is none of these. */
export function parseAuthority(text: string): Authority | undefined {
  // Every request has one: an array of what is in it would take three times as long.
  if (!AUTHORITY.test(text)) return undefined;
  const colon = text.indexOf(":", text.startsWith("[") ? text.indexOf("]") : 0);
  const host = (colon < 0 ? text : text.slice(0, colon)).toLowerCase();
  return { host: host.endsWith(".") ? host.slice(0, -1) : host, port: colon < 0 ? "" : text.slice(colon + 1) };
}

/** Whether a target's authority and a Host header's name the same place. */
export function isSamePlace(target: Target, host: Authority): boolean {
  if (target.authority?.host !== host.host) return false;
  // Clients of CONNECT often leave the port out of Host.
  if (target.form === "authority" && host.port === "") return true;
  return (target.authority.port || target.defaultPort) === (host.port || target.defaultPort);
}
