import { z } from "zod";
import { type PolicyFunction, policyNames } from "../balance/policy.ts";
import { backendSchema } from "./backend-schema.ts";
import type { EjectionConfig, PoolConfig, ProbeConfig, QueueConfig } from "./config.ts";
import { defaults } from "./defaults.ts";
import { expected, expectedWord } from "./expectation.ts";
import { healthFields } from "./health-schema.ts";
import { limits } from "./limits.ts";
import { onRemoveModes, type ProbeFunction } from "./options.ts";
import type { ProxyVersion } from "./proxy-options.ts";
import { probeSendProxySchema, sendProxySchema } from "./proxy-schema.ts";
import { callback, count, ip, milliseconds, oneOf, strict } from "./value-schemas.ts";

const PROBE = 'an object of probe options, or "off"';
const QUEUE = 'an object of queue options, or "off"';
const EJECTION = 'an object of ejection options, or "off"';

const policyError = { error: expectedWord(policyNames, ", or a function") };
const probeTypeError = { error: expected('"tcp", or a function') };
const probeError = { error: expected(PROBE) };
const queueError = { error: expected(QUEUE) };
const ejectionError = { error: expected(EJECTION) };

/** Whose sendProxy may follow the pool's. */
type UnfollowedProbe = Omit<ProbeConfig, "sendProxy"> & { readonly sendProxy?: ProxyVersion | "off" | undefined };

const probe = strict(PROBE, {
  type: z
    .union([z.literal("tcp", probeTypeError), callback<ProbeFunction>(probeTypeError)], probeTypeError)
    .prefault(defaults.probe.type)
    .describe("tcp asks whether the backend accepts a connection; a function asks what it likes"),
  intervalMs: milliseconds(limits.probeIntervalMs)
    .prefault(defaults.probe.intervalMs)
    .describe("between two probes of a backend"),
  intervalChangingMs: milliseconds(limits.probeIntervalMs)
    .optional()
    .describe("between two probes while a result differs from the state; at most intervalMs by default"),
  timeoutMs: milliseconds(limits.probeTimeoutMs)
    .prefault(defaults.probe.timeoutMs)
    .describe("longest time for one probe"),
  rise: count(limits.probeCount).prefault(defaults.probe.rise).describe("successes in a row that bring a backend up"),
  fall: count(limits.probeCount).prefault(defaults.probe.fall).describe("failures in a row that take a backend down"),
  sendProxy: probeSendProxySchema
    .optional()
    .describe("begins each probe with a PROXY header of lb-tcp's own; by default as the pool does"),
}).transform(({ intervalMs, intervalChangingMs, ...rest }): UnfollowedProbe => {
  const changing = intervalChangingMs ?? Math.min(defaults.probe.intervalChangingMs, intervalMs);
  return { ...rest, intervalMs, intervalChangingMs: changing };
});

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
  probe: z
    .union([z.literal("off", probeError).transform(() => undefined), probe], probeError)
    .prefault({})
    .describe("how backends are checked, or off"),
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
