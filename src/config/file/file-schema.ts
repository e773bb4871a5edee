// A whole file: its keys, and what they mean to the library and to the process.

import type { z } from "zod";
import { quote } from "../../wire/quote.ts";
import type { AdminOptions } from "../admin-options.ts";
import { defaults as preset } from "../defaults.ts";
import { defined } from "../defined.ts";
import { durationOrOff } from "../kind.ts";
import { limits } from "../limits.ts";
import type { BalancerOptions, ListenerOptions, LogIgnoreOptions, LogOptions, PoolOptions } from "../options.ts";
import type { ProcessOptions } from "../process-options.ts";
import { settings } from "../settings.ts";
import { adminKeys } from "./admin-keys.ts";
import { backendDefaults } from "./backend-keys.ts";
import { CIDRS, cidrLeaf, flagLeaf, leaf, ofKind, textLeaf } from "./leaf.ts";
import { listenerDefaults, listenerKeys } from "./listener-keys.ts";
import { poolDefaults, poolKeys } from "./pool-keys.ts";
import { factsOf, key, named, needed, oneOrMany, section } from "./section.ts";
import { webhookKeys } from "./webhook-keys.ts";

/** What a file says; what it leaves out has its default later, after flags and environment. */
export interface FileOptions {
  readonly listeners: Readonly<Record<string, ListenerOptions>>;
  readonly pools: Readonly<Record<string, PoolOptions>>;
  readonly balancer: Pick<BalancerOptions, "maxConnections" | "workers" | "transport" | "webhook">;
  readonly process: Partial<ProcessOptions>;
  readonly log: LogOptions;
  readonly admin?: AdminOptions | undefined;
}

const version = leaf<1>({
  parse: (text) => (text === "1" ? { value: 1 } : { problem: `got version ${quote(text)}, expected 1` }),
  expected: "version 1",
  json: { const: 1 },
});

const process = section("a map of the process's keys", {
  workers: key(ofKind(settings.workers), factsOf("workers", { restart: true })),
  transport: key(ofKind(settings.transport), factsOf("transport", { restart: true })),
  "max-connections": key(ofKind(settings["max-connections"]), factsOf("max-connections", { restart: true })),
  "shutdown-delay": key(ofKind(settings["shutdown-delay"]), factsOf("shutdown-delay")),
  "drain-timeout": key(ofKind(settings["drain-timeout"]), factsOf("drain-timeout")),
});

const ignore = section("a map with empty and clients", {
  empty: key(flagLeaf(), {
    description: "those that a client ended without a byte in either direction, such as those of TCP checkers",
    default: String(preset.log.ignoreEmpty),
    restart: true,
  }),
  clients: key(oneOrMany(cidrLeaf(), CIDRS, 0), { description: "those of these addresses and CIDRs", restart: true }),
}).transform(defined<LogIgnoreOptions>);

const log = section("a map of the log's keys", {
  level: key(ofKind(settings["log-level"]), factsOf("log-level", { restart: true })),
  format: key(ofKind(settings["log-format"]), factsOf("log-format", { restart: true })),
  output: key(textLeaf("stdout, stderr or the path of a file"), factsOf("log-output", { restart: true })),
  access: key(ofKind(settings["access-log"]), factsOf("access-log", { restart: true })),
  ignore: key(ignore, { description: "sessions that get no line all the same", restart: true }),
  "access-interval": key(ofKind(durationOrOff(preset.log.accessIntervalMs, limits.accessIntervalMs)), {
    description: "a session that lives so long gets a progress line, and another each time; with access: all",
    default: "off",
    restart: true,
  }),
}).transform(({ "access-interval": accessIntervalMs, ...rest }) => defined<LogOptions>({ ...rest, accessIntervalMs }));

const defaults = section("a map with listener, pool and backend", {
  listener: key(listenerDefaults, { description: "what a listener has that does not say otherwise" }),
  pool: key(poolDefaults, { description: "what a pool has that does not say otherwise" }),
  backend: key(backendDefaults, { description: "what a backend has that does not say otherwise" }),
});

export const fileSchema: z.ZodType<FileOptions> = section("a map that begins with version: 1", {
  version: needed(version, { description: "the version of this format: 1" }),
  process: key(process, { description: "what concerns the whole process" }),
  log: key(log, { description: "what is logged, and where" }),
  admin: key(adminKeys, { description: "where health, metrics and control answer" }),
  defaults: key(defaults, { description: "what listeners, pools and backends have in common" }),
  webhook: key(webhookKeys, { description: "who is told of each change of a backend, beside the log" }),
  listeners: key(named(listenerKeys, "listeners by their names"), {
    description: "where clients connect, by name",
  }),
  pools: key(named(poolKeys, "pools by their names"), {
    description: "backends that can stand in for each other, by name",
  }),
}).transform(({ listeners = {}, pools = {}, process: part = {}, log: logged = {}, admin, webhook }) => ({
  listeners,
  pools,
  balancer: defined<FileOptions["balancer"]>({
    maxConnections: part["max-connections"],
    workers: part.workers,
    transport: part.transport,
    webhook,
  }),
  process: defined<Partial<ProcessOptions>>({
    shutdownDelayMs: part["shutdown-delay"],
    drainTimeoutMs: part["drain-timeout"],
  }),
  log: defined<LogOptions>(logged),
  ...(admin === undefined ? {} : { admin }),
}));
