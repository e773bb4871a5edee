import { isIP, isIPv4 } from "node:net";
import { quote } from "./quote.ts";

// RFC 1123 §2.1 and RFC 1035 §2.3.4. Underscores are no letters of a host name, but Docker Compose makes names of them.
const LONGEST_NAME = 253;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;

// A last label like this makes the system's resolver read the whole as an IPv4 address (inet_aton: 127.1, 0x7f.1), and
// no top-level domain looks so (https://url.spec.whatwg.org/#ends-in-a-number-checker).
const NUMBER = /^(?:\d+|0x[0-9a-f]*)$/i;

/** What is wrong with a host's name or IP address, or undefined. IPv6 comes without its brackets. */
export function hostProblem(host: string): string | undefined {
  if (host.length > LONGEST_NAME + 1) return `the host ${quote(host)} is longer than ${LONGEST_NAME} characters`;
  if (isIP(host) !== 0) return undefined;
  // A trailing dot keeps the resolver from trying search domains: `db.internal.` is on purpose.
  const labels = (host.endsWith(".") ? host.slice(0, -1) : host).split(".");
  if (NUMBER.test(labels.at(-1) ?? "") && !isIPv4(host)) {
    return `${quote(host)} is not an IPv4 address; expected four numbers from 0 to 255, such as 10.0.0.1`;
  }
  const wrong = labels.find((label) => !LABEL.test(label));
  if (wrong === undefined) return undefined;
  const part = labels.length === 1 ? "" : ` because of its part ${quote(wrong)}`;
  return `${quote(host)} is not a host name${part}; expected letters, digits, - . and _ (names of other scripts as xn--…)`;
}
