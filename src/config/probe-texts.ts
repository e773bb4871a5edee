// The texts of a request that a probe sends: what would make another request of it, or none, is a problem.

import { isName } from "../route/method.ts";
import { isForbidden } from "../wire/character.ts";
import { quote } from "../wire/quote.ts";
import { limits } from "./limits.ts";

/** What is wrong with a method, or undefined; so all of these. */
export function methodProblem(method: string): string | undefined {
  if (method === "CONNECT") return "CONNECT asks for a tunnel; expected another method, such as GET";
  if (isName(method)) return undefined;
  return `${quote(method)} is no method; expected one name, such as GET`;
}

export function pathProblem(path: string): string | undefined {
  if (path.includes("#")) return `got ${quote(path)}; what follows a # is not sent, leave it out`;
  if (/^(?:\/[\x21-\x7e]*|\*)$/.test(path) && path.length <= limits.probeBytes.max) return undefined;
  return `got ${quote(path)}, expected a path such as /health, of printable ASCII, the rest escaped as %20`;
}

export function hostHeaderProblem(host: string): string | undefined {
  if (/^[\x21-\x7e]{1,255}$/.test(host) && !/[/?#@\\"<>]/.test(host)) return undefined;
  return `got ${quote(host)}, expected a host such as web.internal or web.internal:8080`;
}

export function bodyProblem(body: string): string | undefined {
  const length = Buffer.byteLength(body);
  const { min, max } = limits.probeBytes;
  return length >= min && length <= max ? undefined : `got ${length} bytes, expected 1 to 4,096`;
}

/** Those that say how long a message is, and where it goes, are the probe's own. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "transfer-encoding",
  "upgrade",
  "te",
]);

export function headerNameProblem(name: string): string | undefined {
  if (!isName(name)) return `${quote(name)} is no name of a header`;
  if (name.toLowerCase() === "host") return "is an option of its own; set host";
  return OWN_HEADERS.has(name.toLowerCase()) ? "is what a probe says by itself; leave it out" : undefined;
}

export function headerValueProblem(value: string): string | undefined {
  const wrong = Array.from(value).some((character) => character > "\xff" || isForbidden(character.charCodeAt(0)));
  if (wrong || /[\r\n]/.test(value)) return `got ${quote(value)}, expected a text of one line, in Latin-1`;
  return value.length > limits.probeBytes.max ? "is longer than 4,096 characters" : undefined;
}
