import { z } from "zod";
import { type Address, formatAddress } from "../wire/address.ts";
import type { BackendConfig } from "./config.ts";
import { defaults } from "./defaults.ts";
import { expected } from "./expectation.ts";
import { limits } from "./limits.ts";
import { backendNameProblem } from "./name.ts";
import { type ResolveMode, resolveModes } from "./options.ts";
import { address, count, countOr, infinityForOff, oneOf, strict } from "./value-schemas.ts";

const name = z.string({ error: expected("a name") }).refine((text) => backendNameProblem(text) === undefined, {
  error: ({ input }) => backendNameProblem(String(input)),
});

export const weightSchema: z.ZodType<number> = count(limits.weight);

export const operatorStates = ["ready", "drain", "maintenance"] as const;
/** What an operator may want of a backend. */
export type OperatorState = (typeof operatorStates)[number];

/** What may be set of a backend at run time. */
export const backendChangeSchema: z.ZodType<{
  readonly state?: OperatorState | undefined;
  readonly weight?: number | undefined;
  readonly maxConnections?: number | "off" | undefined;
}> = strict("an object of what to change", {
  state: oneOf(operatorStates).optional(),
  weight: weightSchema.optional(),
  maxConnections: countOr(limits.connections, "off").optional(),
});

const WHAT = "an address, or an object of backend options";

const backendFields = strict(WHAT, {
  address: address("dial").describe("host:port, ip:port, [ip]:port or unix:/path"),
  name: name.optional().describe("its name in logs and at run time, by default its address"),
  weight: weightSchema
    .prefault(defaults.backend.weight)
    .describe("share of the sessions relative to the others; 0 means no new sessions"),
  backup: z
    .boolean({ error: expected("true or false") })
    .prefault(defaults.backend.backup)
    .describe("serves only when no other backend of the pool can"),
  maxConnections: countOr(limits.connections, "off")
    .prefault(defaults.backend.maxConnections)
    .describe("sessions at once, for each address of the backend"),
  resolve: oneOf(resolveModes)
    .prefault(defaults.backend.resolve)
    .describe("which addresses of its name serve: all, or the first"),
});

const fromAddress = address("dial").transform((only) => filled({ ...defaults.backend, address: only }));

/** An address alone, or an object. */
export const backendSchema: z.ZodType<BackendConfig> = z
  .union([fromAddress, backendFields.transform(filled)], { error: expected(WHAT) })
  .describe(WHAT);

interface Fields {
  readonly address: Address;
  readonly name?: string | undefined;
  readonly weight: number;
  readonly backup: boolean;
  readonly maxConnections: number | "off";
  readonly resolve: ResolveMode;
}

function filled(fields: Fields): BackendConfig {
  return {
    ...fields,
    name: fields.name ?? formatAddress(fields.address),
    maxConnections: infinityForOff(fields.maxConnections),
  };
}
