// What a library user may write, as a schema that turns it into configuration: defaults filled in, addresses parsed,
// "off" made Infinity or undefined. What needs two places to be compared is checked in references.ts.

import { z } from "zod";
import type { LogConfig, PoolConfig, WebhookConfig } from "./config.ts";
import { defaults } from "./defaults.ts";
import { expected } from "./expectation.ts";
import { limits } from "./limits.ts";
import { listenerSchema, type UnnamedListener } from "./listener-schema.ts";
import { accessLogs, type Lookup, logFormats, logLevels, type TransportChoice, transportChoices } from "./options.ts";
import { poolSchema } from "./pool-schema.ts";
import { callback, cidrs, countOr, millisecondsOrOff, oneOf, strict } from "./value-schemas.ts";
import { webhookSchema } from "./webhook-schema.ts";

/** A balancer whose parts do not know their names yet. */
export interface UnnamedBalancer {
  readonly listeners: Readonly<Record<string, UnnamedListener>>;
  readonly pools: Readonly<Record<string, Omit<PoolConfig, "name">>>;
  readonly maxConnections: number | "auto";
  readonly workers: number | "auto";
  readonly transport: TransportChoice;
  readonly log: LogConfig | undefined;
  readonly lookup?: Lookup | undefined;
  readonly webhook?: WebhookConfig | undefined;
}

const LOG = 'an object of log options, or "off"';
const logError = { error: expected(LOG) };

const ignore = strict("an object of sessions to ignore", {
  empty: z
    .boolean({ error: expected("true or false") })
    .prefault(defaults.log.ignoreEmpty)
    .describe("those that a client ended without a byte in either direction"),
  clients: cidrs().prefault([]).describe("those of these addresses and CIDRs"),
});

const log = strict(LOG, {
  level: oneOf(logLevels).prefault(defaults.log.level).describe("the least level that is logged"),
  format: oneOf(logFormats).prefault(defaults.log.format).describe("json, or pretty for people"),
  output: z
    .string({ error: expected('"stdout", "stderr" or the path of a file') })
    .min(1, { error: expected('"stdout", "stderr" or the path of a file') })
    .prefault(defaults.log.output)
    .describe("stdout, stderr, or the path of a file"),
  access: oneOf(accessLogs)
    .prefault(defaults.log.access)
    .describe("sessions that get a line: all, those whose end was not orderly, or none"),
  ignore: ignore.prefault({}).describe("sessions that get none all the same"),
  accessIntervalMs: millisecondsOrOff(limits.accessIntervalMs)
    .prefault(defaults.log.accessIntervalMs)
    .describe("between two progress lines of a session that goes on"),
});

export const balancerSchema: z.ZodType<UnnamedBalancer> = strict("an object of balancer options", {
  listeners: z
    .record(z.string(), listenerSchema, { error: expected("an object that holds listeners by their names") })
    .describe("where clients connect, by name"),
  pools: z
    .record(z.string(), poolSchema, { error: expected("an object that holds pools by their names") })
    .describe("backends that can stand in for each other, by name"),
  maxConnections: countOr(limits.connections, "auto")
    .prefault(defaults.process.maxConnections)
    .describe("sessions at once in the process; auto derives it from the descriptor limit"),
  workers: countOr(limits.workers, "auto")
    .prefault(defaults.process.libraryWorkers)
    .describe("threads that carry sessions; 0 for the caller's own, auto for one a core"),
  transport: oneOf(transportChoices)
    .prefault(defaults.process.transport)
    .describe("how workers drive sockets: auto takes linux where it works"),
  log: z
    .union([z.literal("off", logError).transform(() => undefined), log], logError)
    .prefault("off")
    .describe("what is logged and where, or off"),
  webhook: webhookSchema.optional().describe("who is told of backends' changes, beside the log"),
  lookup: callback<Lookup>({ error: expected("a function that takes a name and resolves to its IP addresses") })
    .optional()
    .describe("how names are looked up; through the system by default"),
});
