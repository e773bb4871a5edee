// Names that users give to things. They become labels of metrics, fields of log lines and parts of URLs.

import { formatAddress } from "../wire/address.ts";
import { quote } from "../wire/quote.ts";
import { parseAddress } from "./address-parser.ts";

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

// A backend's own name may also look like an address, because an address is what its name is by default.
const BACKEND_NAME = /^[a-z0-9._:\-[\]/%]{1,260}$/i;

/** What is wrong with the name of a listener or a pool, or undefined. */
export function nameProblem(name: string): string | undefined {
  if (NAME.test(name)) return undefined;
  return `got the name ${quote(name)}, expected 1 to 64 letters, digits and . _ - that begin with a letter or a digit`;
}

/** What is wrong with the name that was given to a backend, or undefined. */
export function backendNameProblem(name: string): string | undefined {
  if (BACKEND_NAME.test(name)) return undefined;
  return `got the name ${quote(name)}, expected 1 to 260 letters, digits and . _ : - [ ] / %`;
}

/** The name of a backend: its own, or else its address in the form in which lb-tcp prints addresses. */
export function nameOfBackend({ name, address }: { readonly name?: string; readonly address: string }): string {
  if (name !== undefined) return name;
  const parsed = parseAddress(address, { purpose: "dial" });
  return "value" in parsed ? formatAddress(parsed.value) : address;
}
