// Flags, environment and a file to options. Problems name the flag, the variable or the place in the file that the value
// came from; whatever gets through here, `resolve` accepts.

import { dirname, isAbsolute, join } from "node:path";
import { configError, LbError, type Problem } from "../errors.ts";
import { printable, quote } from "../wire/quote.ts";
import { type ReadText, unreadable } from "./access-file.ts";
import type { AccessOptions } from "./access-options.ts";
import type { AdminOptions } from "./admin-options.ts";
import { type Base, baseOf } from "./base.ts";
import { defined } from "./defined.ts";
import { formatDuration } from "./duration.ts";
import { located } from "./file/file-problems.ts";
import type { FileOptions } from "./file/file-schema.ts";
import { type LoadedFile, loadFile } from "./file/load-file.ts";
import { placed } from "./file/option-place.ts";
import { type Given, readGiven, refused, unknownVariables, written } from "./given.ts";
import { givenAdmin } from "./given-admin.ts";
import { givenCidrs } from "./given-routes.ts";
import type { Setting } from "./key.ts";
import { acceptProxyKey, allowKey, configKey, denyKey } from "./keys.ts";
import type { BalancerOptions, LogOptions } from "./options.ts";
import { type ListenerOverlay, overListener, overPool, type PoolOverlay } from "./overlay.ts";
import type { ProcessOptions } from "./process-options.ts";
import { readText } from "./read-text.ts";
import { resolve } from "./resolve.ts";
import { settings } from "./settings.ts";

export interface Loaded {
  readonly options: BalancerOptions;
  readonly process: ProcessOptions;
  /** Undefined where there is no admin address. */
  readonly admin?: AdminOptions | undefined;
  /** A line each. */
  readonly warnings: readonly string[];
  /** The configuration's own and those of access lists: what is to be watched. Empty where there is no configuration file. */
  readonly files: readonly string[];
  /** Where options came from; undefined where there is no configuration file. */
  readonly file: { readonly name: string; readonly loaded: LoadedFile } | undefined;
}

/** Undefined where a setting is not given. */
type Reader = <T>(setting: Setting<T>) => T | undefined;

/**
 * Reads the configuration file, if one is given, and what it names. May be called again with the same to see what has changed.
 * @throws LbError LB_CONFIG with all problems at once
 */
export function loadOptions(given: Given, read: ReadText = readText): Loaded {
  const problems: Problem[] = [...refused(given)];
  const files: string[] = [];
  const reading: ReadText = (path) => {
    if (!files.includes(path)) files.push(path);
    return read(path);
  };
  const file = readFile(given, reading, problems);
  const value = onceEach(given, problems);
  // A file leaves out what has its default; so that nothing overrides it, only what is given counts then.
  const filled: Reader = file === undefined ? (setting) => value(setting) ?? setting.fallback : value;

  const said = file?.loaded.options;
  const base = baseOf(given, said, value(settings.peek), problems);
  const overlay = listenerOverlay(filled, value, given, problems);
  const pool = poolOverlay(filled, value);
  const process = {
    shutdownDelayMs: value(settings["shutdown-delay"]) ?? said?.process.shutdownDelayMs,
    drainTimeoutMs: value(settings["drain-timeout"]) ?? said?.process.drainTimeoutMs,
  };
  const admin = givenAdmin(given, said?.admin, problems);
  const options: BalancerOptions = {
    listeners: mapped(base.listeners, (listener) => overListener(listener, overlay)),
    pools: mapped(base.pools, (each) => overPool(each, pool)),
    maxConnections:
      value(settings["max-connections"]) ?? said?.balancer.maxConnections ?? settings["max-connections"].fallback,
    transport: value(settings.transport) ?? said?.balancer.transport ?? settings.transport.fallback,
    workers: value(settings.workers) ?? said?.balancer.workers ?? settings.workers.fallback,
    log: logOptions(value, said?.log),
    ...defined({ webhook: said?.balancer.webhook }),
  };
  // Without a base there is nothing to look at, and the reason has been said.
  if (problems.length === 0) {
    problems.push(...idleProbeFlags(given, options), ...optionProblems(options, base, file, reading, files));
  }
  if (problems.length > 0) throw configError(problems);

  return {
    options,
    process: {
      shutdownDelayMs: process.shutdownDelayMs ?? settings["shutdown-delay"].fallback,
      drainTimeoutMs: process.drainTimeoutMs ?? settings["drain-timeout"].fallback,
    },
    ...(admin === undefined ? {} : { admin }),
    warnings: [...unknownVariables(given), ...contradictions(options)],
    files: file === undefined ? [] : files,
    file,
  };
}

/** So that each problem is said once. */
function onceEach(given: Given, problems: Problem[]): Reader {
  const values = new Map<Setting<unknown>, unknown>();
  return <T>(setting: Setting<T>): T | undefined => {
    if (!values.has(setting)) values.set(setting, readGiven(setting, given, problems));
    return values.get(setting) as T | undefined;
  };
}

function readFile(given: Given, read: ReadText, problems: Problem[]): Loaded["file"] {
  const [first, second] = written(configKey, given);
  if (first === undefined) return undefined;
  if (second !== undefined) {
    const message = `got ${quote(first.text)} and ${quote(second.text)}, expected one file; give it once`;
    problems.push({ path: second.path, message });
  }
  const name = first.text;
  let text: string;
  try {
    text = read(name);
  } catch (error) {
    throw configError([...problems, { path: first.path, message: unreadable(name, error) }]);
  }
  const result = loadFile(text, name, given.environment);
  if (result.kind === "refused") throw configError([...problems, ...result.problems]);
  return { name, loaded: { ...result.file, options: besides(name, result.file.options) } };
}

/** The files that a file names are beside it, wherever the process was started. */
function besides(name: string, options: FileOptions): FileOptions {
  const beside = (path: string | undefined): string | undefined =>
    path === undefined || isAbsolute(path) ? path : join(dirname(name), path);
  const listeners = mapped(options.listeners, (listener) => {
    if (listener.access === undefined) return listener;
    const { allowFile, denyFile, ...lists } = listener.access;
    const access = defined<AccessOptions>({ ...lists, allowFile: beside(allowFile), denyFile: beside(denyFile) });
    return { ...listener, access };
  });
  const admin = options.admin && {
    ...options.admin,
    ...defined<Partial<AdminOptions>>({ tokenFile: beside(options.admin.tokenFile) }),
  };
  const pools = mapped(options.pools, (pool) => {
    if (typeof pool.probe !== "object" || pool.probe.ca === undefined) return pool;
    return { ...pool, probe: { ...pool.probe, ca: beside(pool.probe.ca) ?? pool.probe.ca } };
  });
  return { ...options, listeners, pools, ...(admin === undefined ? {} : { admin }) };
}

/** What only shows when everything is put together, at the place in the file where it can be mended. */
function optionProblems(
  options: BalancerOptions,
  { routePaths }: Base,
  file: Loaded["file"],
  read: ReadText,
  files: readonly string[],
): readonly Problem[] {
  try {
    resolve(options, read);
    return [];
  } catch (error) {
    if (!(error instanceof LbError) || error.code !== "LB_CONFIG") throw error;
    return (error.details.problems ?? []).map((problem) => {
      const flag = routePaths.get(/^.*?\.routes\[\d+\]/.exec(problem.path)?.[0] ?? "");
      if (flag !== undefined) return { path: flag, message: problem.message };
      if (file === undefined || isOfFile(problem, files)) return problem;
      const { tree } = file.loaded;
      return placed(problem, tree, file.name) ?? located(file.name, tree.at, [problem.path], problem.message);
    });
  }
}

/** Whether it names a file of its own, and the line there. */
function isOfFile({ path }: Problem, files: readonly string[]): boolean {
  return files.some((file) => path === printable(file) || path.startsWith(`${printable(file)}:`));
}

function listenerOverlay(filled: Reader, value: Reader, given: Given, problems: Problem[]): ListenerOverlay {
  return {
    plain: defined({
      dial: filled(settings.dial),
      idleTimeoutMs: filled(settings["idle-timeout"]),
      halfCloseTimeoutMs: filled(settings["half-close-timeout"]),
      maxLifetimeMs: filled(settings["max-lifetime"]),
      backlog: filled(settings.backlog),
      tcpKeepaliveMs: filled(settings["tcp-keepalive"]),
      tcpUserTimeoutMs: filled(settings["tcp-user-timeout"]),
      httpKeepAlive: value(settings["http-keep-alive"]),
    }),
    peek: value(settings.peek),
    peekTimeoutMs: value(settings["peek-timeout"]),
    peekBytes: value(settings["peek-size"]),
    allow: givenCidrs(allowKey, given, problems),
    deny: givenCidrs(denyKey, given, problems),
    acceptProxy: givenCidrs(acceptProxyKey, given, problems),
    clientConnections: value(settings["client-connections"]),
    clientRate: value(settings["client-rate"]),
  };
}

function poolOverlay(filled: Reader, value: Reader): PoolOverlay {
  return {
    plain: defined({
      policy: filled(settings.policy),
      dialTimeoutMs: filled(settings["dial-timeout"]),
      dialDeadlineMs: filled(settings["dial-deadline"]),
      attempts: filled(settings.attempts),
      resolveIntervalMs: filled(settings["resolve-interval"]),
    }),
    probeType: filled(settings.probe),
    probe: defined({
      intervalMs: filled(settings["probe-interval"]),
      timeoutMs: filled(settings["probe-timeout"]),
      rise: filled(settings.rise),
      fall: filled(settings.fall),
    }),
    httpProbe: defined({ path: value(settings["probe-path"]), status: value(settings["probe-status"]) }),
    sendProxy: value(settings["send-proxy"]),
    queueLimit: value(settings["queue-limit"]),
    queueTimeoutMs: value(settings["queue-timeout"]),
  };
}

function logOptions(value: Reader, file: LogOptions = {}): LogOptions {
  return {
    level: value(settings["log-level"]) ?? file.level ?? settings["log-level"].fallback,
    output: value(settings["log-output"]) ?? file.output ?? settings["log-output"].fallback,
    access: value(settings["access-log"]) ?? file.access ?? settings["access-log"].fallback,
    ...defined<LogOptions>({
      format: value(settings["log-format"]) ?? file.format,
      ignore: file.ignore,
      accessIntervalMs: file.accessIntervalMs,
    }),
  };
}

/** What is valid and yet can't be what was meant. */
function contradictions({ pools }: BalancerOptions): readonly string[] {
  return Object.values(pools)
    .flatMap(({ dialTimeoutMs = 0, dialDeadlineMs = Infinity }) =>
      dialTimeoutMs <= dialDeadlineMs ? [] : [[formatDuration(dialTimeoutMs), formatDuration(dialDeadlineMs)] as const],
    )
    .slice(0, 1)
    .map(
      ([timeout, deadline]) =>
        `--dial-timeout: ${timeout} is never reached, because --dial-deadline is ${deadline}; raise --dial-deadline too`,
    );
}

/** Flags of probes over HTTP, where there are none. */
function idleProbeFlags(given: Given, { pools }: BalancerOptions): readonly Problem[] {
  const probes = Object.values(pools).map(({ probe }) => probe);
  if (probes.some((probe) => typeof probe === "object" && probe.type === "http")) return [];
  return [settings["probe-path"], settings["probe-status"]].flatMap((key) =>
    written(key, given)
      .slice(0, 1)
      .map(({ path }) => ({
        path,
        message: "is for probes over HTTP, and there are none; add --probe http, or leave it out",
      })),
  );
}

function mapped<Value>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value) => Value,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
