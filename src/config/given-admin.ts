// The admin address of flags and environment, over that of a file.

import type { Problem } from "../errors.ts";
import { claimOf } from "../wire/address.ts";
import { quote } from "../wire/quote.ts";
import { parseAddress } from "./address-parser.ts";
import type { AdminOptions } from "./admin-options.ts";
import { defined } from "./defined.ts";
import { type Given, type Written, written } from "./given.ts";
import { adminKey, adminTokenFileKey } from "./keys.ts";

const OFF = "off";

/** Undefined where there is none, or it is off. @param file What a file says of it. */
export function givenAdmin(
  given: Given,
  file: AdminOptions | undefined,
  problems: Problem[],
): AdminOptions | undefined {
  const listen = adminAddresses(given, problems);
  const tokenFile = tokenFileOf(given, problems);
  if (listen === OFF || (listen === undefined && file === undefined)) return undefined;
  return { ...file, ...defined<Partial<AdminOptions>>({ tokenFile }), listen: listen ?? file?.listen ?? [] };
}

function adminAddresses(given: Given, problems: Problem[]): readonly string[] | typeof OFF | undefined {
  const addresses = written(adminKey, given).flatMap(splitAtCommas);
  if (addresses.length === 0) return undefined;
  if (addresses.length === 1 && addresses[0]?.text === OFF) return OFF;
  const claimed = new Set<string>();
  for (const { path, text } of addresses) {
    const parsed = parseAddress(text, { purpose: "listen" });
    if ("problem" in parsed) {
      problems.push({ path, message: parsed.problem });
      continue;
    }
    const claim = claimOf(parsed.value);
    if (claim === undefined) continue;
    if (claimed.has(claim)) problems.push({ path, message: `${quote(text)} is given twice; give it once` });
    claimed.add(claim);
  }
  return addresses.map(({ text }) => text);
}

function tokenFileOf(given: Given, problems: Problem[]): string | undefined {
  const [first, second] = written(adminTokenFileKey, given);
  if (second !== undefined) {
    const message = `got ${quote(first?.text ?? "")} and ${quote(second.text)}, expected one file; give it once`;
    problems.push({ path: second.path, message });
  }
  if (first?.text !== "") return first?.text;
  problems.push({ path: first.path, message: 'got "", expected FILE' });
  return undefined;
}

function splitAtCommas({ path, text }: Written): readonly Written[] {
  return text.split(",").map((each) => ({ path, text: each.trim() }));
}
