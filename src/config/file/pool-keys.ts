// A pool in a file.

import { isIP } from "node:net";
import { z } from "zod";
import { policyNames } from "../../balance/policy.ts";
import { quote } from "../../wire/quote.ts";
import { parseCount } from "../count.ts";
import { defaults } from "../defaults.ts";
import { defined } from "../defined.ts";
import { formatDuration } from "../duration.ts";
import { choice, duration } from "../kind.ts";
import { limits } from "../limits.ts";
import { type EjectionOptions, onRemoveModes, type PoolOptions, type QueueOptions } from "../options.ts";
import { proxyVersions, type SendProxyOptions } from "../proxy-options.ts";
import { settings } from "../settings.ts";
import { backendItem } from "./backend-keys.ts";
import { healthKeys, healthOptions } from "./health-keys.ts";
import { countLeaf, flagLeaf, leaf, ofKind, parsedLeaf, textLeaf } from "./leaf.ts";
import { probeKeys } from "./probe-keys.ts";
import { factsOf, key, list, named, needed, oneOrMany, section } from "./section.ts";

/** Keys that later versions will know. */
const LATER = ["tls", "discover"];

const policyFields = section("a policy's name, or a map with type and key", {
  type: needed(ofKind(choice(defaults.pool.policy, policyNames)), { description: "how a backend is picked" }),
  key: key(ofKind(choice("client-address", ["client-address"])), {
    description: "what source-hash goes by",
    default: "client-address",
  }),
}).transform(({ type }) => type);

const off = leaf<"off">({
  parse: (text) => (text === "off" ? { value: text } : { problem: `got ${quote(text)}, expected off or a map` }),
  expected: "off, or a map",
  json: { enum: ["off", false] },
});

const ejectionMs = (fallback: number) => ofKind(duration(fallback, limits.ejectionMs));

const ejectionFields = section("off, or a map of an ejection's keys", {
  failures: key(
    countLeaf(limits.ejectionFailures, (text) => parseCount(text, limits.ejectionFailures)),
    {
      description: "failed dials that eject a backend",
      default: String(defaults.ejection.failures),
    },
  ),
  within: key(ejectionMs(defaults.ejection.withinMs), {
    description: "the window in which they are counted",
    default: "10s",
  }),
  first: key(ejectionMs(defaults.ejection.firstMs), {
    description: "the first ejection; each that follows is twice as long",
    default: "10s",
  }),
  longest: key(ejectionMs(defaults.ejection.longestMs), { description: "the longest ejection", default: "5m" }),
}).transform(({ failures, within, first = defaults.ejection.firstMs, longest }, context) => {
  if (longest !== undefined && longest < first) {
    const message = `got ${formatDuration(longest)}, expected at least first, which is ${formatDuration(first)}`;
    context.addIssue({ code: "custom", path: ["longest"], message, params: { expected: "at least first" } });
  }
  return defined<EjectionOptions>({ failures, withinMs: within, firstMs: first, longestMs: longest });
});

const told = (description: string) => key(flagLeaf(), { description, default: "false" });

const sendProxyFields = section("v1, v2, off, or a map that says more", {
  version: needed(ofKind(choice(proxyVersions[1], proxyVersions)), {
    description: "v1 is text, v2 is binary and can say more",
  }),
  crc32c: told("with a checksum of the header"),
  "unique-id": told("with the session's id"),
  authority: told("with the host that the client asked for, where it is known"),
  alpn: told("with the client's first ALPN name, where it is known"),
  custom: key(named(textLeaf("a text"), "texts by type, such as 0xE0"), {
    description: "texts by type, 0xE0 to 0xF7, at most 1,024 bytes each",
  }),
}).transform(({ "unique-id": uniqueId, ...same }) => defined<SendProxyOptions>({ ...same, uniqueId }));

const queueFields = section("off, or a map with limit and timeout", {
  limit: needed(
    countLeaf(limits.queue, (text) => parseCount(text, limits.queue)),
    factsOf("queue-limit"),
  ),
  timeout: key(ofKind(settings["queue-timeout"]), factsOf("queue-timeout")),
}).transform(({ limit, timeout }) => defined<QueueOptions>({ limit, timeoutMs: timeout }));

const source = parsedLeaf("a local IP address such as 10.0.0.5", (text) =>
  isIP(text) === 0 ? { problem: `got ${quote(text)}, expected a local IP address such as 10.0.0.5` } : { value: text },
);

/** What may also stand under defaults. */
const shared = {
  policy: key(z.union([ofKind(settings.policy), policyFields]), factsOf("policy")),
  "dial-timeout": key(ofKind(settings["dial-timeout"]), factsOf("dial-timeout")),
  "dial-deadline": key(ofKind(settings["dial-deadline"]), factsOf("dial-deadline")),
  attempts: key(ofKind(settings.attempts), factsOf("attempts")),
  "resolve-interval": key(ofKind(settings["resolve-interval"]), factsOf("resolve-interval")),
  probe: probeKeys,
  ejection: key(z.union([off, ejectionFields]), {
    description: "when failed dials take a backend out of rotation",
    default: "3 failures within 10s",
  }),
  "send-proxy": key(z.union([ofKind(settings["send-proxy"]), sendProxyFields]), factsOf("send-proxy")),
  source: key(oneOrMany(source, "a local IP address, or a list of them"), {
    description: "local IP addresses to dial from, in turn",
    default: "the system's choice",
  }),
  queue: key(z.union([off, queueFields]), {
    description: "where sessions wait while every backend is at its max-connections",
    default: "off",
  }),
  "on-remove": key(ofKind(choice(defaults.pool.onRemove, onRemoveModes)), {
    description: "the sessions of a backend that is removed: drain lets them finish, close resets them",
    default: defaults.pool.onRemove,
  }),
  ...healthKeys,
};

export const poolDefaults: z.ZodType = section("a map of what pools have in common", shared, LATER);

export const poolKeys: z.ZodType<PoolOptions> = section(
  "a map of a pool's keys",
  {
    backends: needed(list(backendItem, "a list of backends"), {
      description: "addresses, or maps of a backend's keys",
      flag: "upstream",
    }),
    ...shared,
  },
  LATER,
).transform((fields) =>
  defined<PoolOptions>({
    backends: fields.backends.flat(),
    policy: fields.policy,
    dialTimeoutMs: fields["dial-timeout"],
    dialDeadlineMs: fields["dial-deadline"],
    attempts: fields.attempts,
    resolveIntervalMs: fields["resolve-interval"],
    probe: fields.probe,
    ejection: fields.ejection,
    sendProxy: fields["send-proxy"],
    source: fields.source,
    queue: fields.queue,
    onRemove: fields["on-remove"],
    ...healthOptions(fields),
  }),
);
