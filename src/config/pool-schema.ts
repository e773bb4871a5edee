import { z } from "zod";
import { type PolicyFunction, policyNames } from "../balance/policy.ts";
import { backendSchema } from "./backend-schema.ts";
import type { EjectionConfig, PoolConfig, QueueConfig } from "./config.ts";
import { defaults } from "./defaults.ts";
import { expected, expectedWord } from "./expectation.ts";
import { healthFields } from "./health-schema.ts";
import { limits } from "./limits.ts";
import { onRemoveModes } from "./options.ts";
import { probeSchema } from "./probe-schema.ts";
import type { ProxyVersion } from "./proxy-options.ts";
import { sendProxySchema } from "./proxy-schema.ts";
import { callback, count, ip, milliseconds, oneOf, strict } from "./value-schemas.ts";

const QUEUE = 'an object of queue options, or "off"';
const EJECTION = 'an object of ejection options, or "off"';

const policyError = { error: expectedWord(policyNames, ", or a function") };
const queueError = { error: expected(QUEUE) };
const ejectionError = { error: expected(EJECTION) };

const ejection = strict(EJECTION, {
  failures: count(limits.ejectionFailures)
    .prefault(defaults.ejection.failures)
    .describe("failed dials that eject a backend"),
  withinMs: milliseconds(limits.ejectionMs)
    .prefault(defaults.ejection.withinMs)
    .describe("the window in which they are counted"),
  firstMs: milliseconds(limits.ejectionMs).prefault(defaults.ejection.firstMs).describe("the first ejection"),
  longestMs: milliseconds(limits.ejectionMs).optional().describe("the longest ejection; at least firstMs by default"),
}).transform(({ longestMs, ...rest }, context): EjectionConfig => {
  if (longestMs !== undefined && longestMs < rest.firstMs) {
    const message = `got ${longestMs}, expected at least firstMs, which is ${rest.firstMs}`;
    context.addIssue({ code: "custom", path: ["longestMs"], message });
  }
  return { ...rest, longestMs: longestMs ?? Math.max(defaults.ejection.longestMs, rest.firstMs) };
});

const queue = strict(QUEUE, {
  limit: count(limits.queue).describe("sessions that may wait"),
  timeoutMs: milliseconds(limits.sessionMs).prefault(defaults.queue.timeoutMs).describe("longest wait"),
});

const sourceError = { error: expected('a local IP address such as "10.0.0.5", or a list of them') };

const poolFields = strict("an object of pool options", {
  backends: z
    .array(backendSchema, { error: expected("a list of backends") })
    .describe("addresses or backend options; may be empty, as backends can be added at run time"),
  policy: z
    .union([z.enum(policyNames, policyError), callback<PolicyFunction>(policyError)], policyError)
    .prefault(defaults.pool.policy)
    .describe("how the pool picks a backend"),
  dialTimeoutMs: milliseconds(limits.dialMs)
    .prefault(defaults.pool.dialTimeoutMs)
    .describe("longest time for one dial"),
  dialDeadlineMs: milliseconds(limits.dialMs)
    .prefault(defaults.pool.dialDeadlineMs)
    .describe("longest time for all dials of a session together"),
  attempts: count(limits.attempts).prefault(defaults.pool.attempts).describe("different backends that a session tries"),
  probe: probeSchema,
  ejection: z
    .union([z.literal("off", ejectionError).transform(() => undefined), ejection], ejectionError)
    .prefault({})
    .describe("when failed dials take a backend out of rotation, or off"),
  resolveIntervalMs: milliseconds(limits.resolveIntervalMs)
    .prefault(defaults.pool.resolveIntervalMs)
    .describe("how often names are looked up"),

  sendProxy: sendProxySchema,
  source: z
    .union([ip.transform((only) => [only]), z.array(ip, sourceError)], sourceError)
    .prefault([])
    .describe("local IP addresses to dial from, in turn"),
  queue: z
    .union([z.literal("off", queueError).transform((): QueueConfig | undefined => undefined), queue], queueError)
    .prefault(defaults.pool.queue)
    .describe("where sessions wait while every backend is at its limit, or off"),
  onRemove: oneOf(onRemoveModes)
    .prefault(defaults.pool.onRemove)
    .describe("what happens to the sessions of a backend that is removed: drain, or close"),
  ...healthFields,
});

/** A pool without its name. */
export const poolSchema: z.ZodType<Omit<PoolConfig, "name">> = poolFields.transform((pool) => ({
  ...pool,
  probe: pool.probe && { ...pool.probe, sendProxy: followed(pool.probe.sendProxy, pool.sendProxy?.version) },
}));

/** A backend that expects the header would take a probe without it for a fault. */
function followed(own: ProxyVersion | "off" | undefined, pool: ProxyVersion | undefined): ProxyVersion | undefined {
  return own === "off" ? undefined : (own ?? pool);
}
