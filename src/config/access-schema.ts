import { z } from "zod";
import type { PerClientConfig } from "./config.ts";
import { defaults } from "./defaults.ts";
import { expected } from "./expectation.ts";
import { limits } from "./limits.ts";
import { cidrs, count, countOr, infinityForOff, strict } from "./value-schemas.ts";

/** Whose files have not been read yet. */
export interface UnreadAccess {
  readonly allow?: readonly string[] | undefined;
  readonly deny: readonly string[];
  readonly allowFile?: string | undefined;
  readonly denyFile?: string | undefined;
}

const file = z
  .string({ error: expected("the path of a file") })
  .min(1, { error: expected("the path of a file") })
  .optional();

export const accessSchema: z.ZodType<UnreadAccess | undefined> = strict("an object of access options", {
  allow: cidrs().optional().describe("CIDRs that may connect; everybody where neither this nor a file is given"),
  deny: cidrs().prefault([]).describe("CIDRs that may not connect, even where they are allowed"),
  allowFile: file.describe("a file with more to allow: an address or CIDR a line, # starts a comment"),
  denyFile: file.describe("a file with more to deny: an address or CIDR a line, # starts a comment"),
}).optional();

const rateError = { error: expected('a number from 0.001 to 1,000,000, or "off"') };

const fields = strict("an object of limits for each client", {
  maxConnections: countOr(limits.connections, "off")
    .prefault(defaults.perClient.maxConnections)
    .describe("sessions at once"),
  ratePerSecond: z
    .union(
      [z.literal("off", rateError), z.number(rateError).min(0.001, rateError).max(limits.rate.max, rateError)],
      rateError,
    )
    .prefault(defaults.perClient.ratePerSecond)
    .describe("new sessions a second"),
  burst: count(limits.rate)
    .optional()
    .describe("new sessions at once, after a quiet time; one second's worth by default"),
  ipv6Prefix: count(limits.ipv6Prefix)
    .prefault(defaults.perClient.ipv6Prefix)
    .describe("bits of an IPv6 address that count as one client"),
  tableSize: count(limits.clientTable)
    .prefault(defaults.perClient.tableSize)
    .describe("clients that are counted one by one; more are counted by /24 and /48"),
});

/** Undefined where nothing is limited. */
export const perClientSchema: z.ZodType<PerClientConfig | undefined> = fields
  .transform(({ burst, ...rest }): PerClientConfig | undefined => {
    const maxConnections = infinityForOff(rest.maxConnections);
    const ratePerSecond = infinityForOff(rest.ratePerSecond);
    if (maxConnections === Infinity && ratePerSecond === Infinity) return undefined;
    const oneSecond = ratePerSecond === Infinity ? 1 : Math.ceil(ratePerSecond);
    return { ...rest, maxConnections, ratePerSecond, burst: burst ?? oneSecond };
  })
  .optional();
