// A backend in a file, or several in one item.

import { z } from "zod";
import type { Parsed } from "../../wire/parsed.ts";
import { parseAddress } from "../address-parser.ts";
import { parseCount } from "../count.ts";
import { defaults } from "../defaults.ts";
import { defined } from "../defined.ts";
import { choice, countOr } from "../kind.ts";
import { limits } from "../limits.ts";
import { backendNameProblem } from "../name.ts";
import { type BackendOptions, resolveModes } from "../options.ts";
import { countLeaf, flagLeaf, ofKind, parsedLeaf } from "./leaf.ts";
import { expandRange } from "./range.ts";
import { key, needed, section } from "./section.ts";

const EXPECTED = "an address such as 10.0.0.1:8080";

const addresses = parsedLeaf(EXPECTED, (text) =>
  each(text, (address) => {
    const parsed = parseAddress(address, { purpose: "dial" });
    return "problem" in parsed ? parsed.problem : undefined;
  }),
);

const names = parsedLeaf("a name", (text) => each(text, backendNameProblem));

/** What may also stand under defaults. */
const shared = {
  weight: key(
    countLeaf(limits.weight, (text) => parseCount(text, limits.weight)),
    {
      description: "share of the sessions relative to the others; 0 means no new sessions",
      default: String(defaults.backend.weight),
    },
  ),
  backup: key(flagLeaf(), {
    description: "serves only when no other backend of the pool can",
    default: String(defaults.backend.backup),
  }),
  "max-connections": key(ofKind(countOr("off", defaults.backend.maxConnections, limits.connections)), {
    description: "sessions at once, for each address of the backend",
    default: defaults.backend.maxConnections,
  }),
  resolve: key(ofKind(choice(defaults.backend.resolve, resolveModes)), {
    description: "which addresses of its name serve: all, or the first",
    default: defaults.backend.resolve,
  }),
};

export const backendDefaults: z.ZodType = section("a map of what backends have in common", shared);

const fields = section("an address, or a map of a backend's keys", {
  address: needed(addresses, {
    description: "host:port, ip:port, [ip]:port or unix:/path; 10.0.0.[10-19]:8080 is ten of them",
  }),
  name: key(names, { description: "its name in logs and at run time; w[10-19] where the address is as many" }),
  ...shared,
}).transform(({ address, name, "max-connections": maxConnections, ...same }, context): BackendOptions[] => {
  if (name !== undefined && name.length !== address.length) {
    const message = `stands for ${name.length}, but the address for ${address.length}; expected as many of both`;
    context.addIssue({ code: "custom", path: ["name"], message });
  }
  return address.map((one, index) =>
    defined<BackendOptions>({ ...same, address: one, name: name?.[index], maxConnections }),
  );
});

const plain = addresses.transform((all): BackendOptions[] => all.map((address) => ({ address })));

/** One item: the backends that it stands for. */
export const backendItem: z.ZodType<BackendOptions[]> = z.union([plain, fields]);

/** All that a range stands for, or what is wrong with the first that is wrong. */
function each(text: string, problemOf: (one: string) => string | undefined): Parsed<readonly string[]> {
  const expanded = expandRange(text);
  if ("problem" in expanded) return expanded;
  for (const one of expanded.value) {
    const problem = problemOf(one);
    if (problem !== undefined) return { problem };
  }
  return expanded;
}
