// One lookup, whatever it throws or gives.

import { lookup as systemLookupAll } from "node:dns/promises";
import { isIP } from "node:net";
import type { Lookup } from "../config/options.ts";
import { messageOf, systemCode } from "../errors.ts";
import { plainIp } from "../wire/address.ts";

/** What one lookup has given. */
export type Answer =
  /** At least one IP address, sorted and without doubles. */
  | { readonly kind: "addresses"; readonly addresses: readonly string[] }
  | { readonly kind: "failure"; readonly reason: string };

/** Asks the system: hosts file, search domains, and whatever nsswitch.conf names. */
export const systemLookup: Lookup = async (name) => {
  const answers = await systemLookupAll(name, { all: true, verbatim: true });
  return answers.map(({ address }) => address);
};

/** Asks once. Never rejects. */
export async function ask(lookup: Lookup, name: string): Promise<Answer> {
  try {
    const addresses = [...new Set((await lookup(name)).map(plainIp).filter((text) => isIP(text) !== 0))].sort();
    return addresses.length > 0 ? { kind: "addresses", addresses } : { kind: "failure", reason: "no address" };
  } catch (error) {
    return { kind: "failure", reason: systemCode(error) ?? messageOf(error) };
  }
}
